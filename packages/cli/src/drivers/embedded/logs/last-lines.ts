import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 64 << 10;
/** What Node adds below an uncaught error. */
const NOISE = /^Node\.js v\d/;

/** The last line that says something by itself: of a stack trace, the error. */
export const lastMessage = (path: string, from = 0): string | undefined =>
  lastLines(path, 50, from).findLast((line) => /^\S/.test(line) && !/^[}\])]/.test(line));

/** The last `count` lines that hold something, repetitions once, from that offset on; of pino lines the message with its error, which is what people read. */
export function lastLines(path: string, count: number, from = 0): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size - (from > size ? 0 : from), MAX_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !NOISE.test(line));
    // An instance that was tried twice says the same twice.
    const distinct = lines.map(readable).filter((line, index, all) => line !== all[index - 1]);
    return distinct.slice(-count);
  } finally {
    closeSync(file);
  }
}

function readable(line: string): string {
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level?: unknown;
      msg?: unknown;
      err?: { message?: unknown };
    };
    if (typeof msg !== 'string') return line;
    const detail = typeof err?.message === 'string' && !msg.includes(err.message) ? `: ${err.message}` : '';
    return `${typeof level === 'string' ? `${level} ` : ''}${msg}${detail}`;
  } catch {
    return line;
  }
}
