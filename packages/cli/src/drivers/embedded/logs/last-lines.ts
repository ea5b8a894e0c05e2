import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 64 << 10;
/** What Node adds below an uncaught error. */
const NOISE = /^Node\.js v\d/;

/** The last line that says something by itself: of a stack trace, the error. */
export const lastMessage = (path: string, from = 0): string | undefined =>
  lastLines(path, 50, from).findLast((line) => /^\S/.test(line) && !/^[}\])]/.test(line));

/** The last `count` lines that hold something, repetitions once, from that offset on; of pino lines the message with its error and where it came from, which is what people read. */
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
    const distinct = lines.flatMap(readable).filter((line, index, all) => line !== all[index - 1]);
    return distinct.slice(-count);
  } finally {
    closeSync(file);
  }
}

/** Of a trace, what is the user's to look at first. */
const FRAMES = 5;

function readable(line: string): readonly string[] {
  try {
    const { level, msg, err, stack } = JSON.parse(line) as {
      level?: unknown;
      msg?: unknown;
      err?: { message?: unknown; stack?: unknown };
      stack?: unknown;
    };
    if (typeof msg !== 'string') return [line];
    const detail = typeof err?.message === 'string' && !msg.includes(err.message) ? `: ${err.message}` : '';
    return [
      `${typeof level === 'string' ? `${level} ` : ''}${msg}${detail}`,
      ...framesOf(stack ?? err?.stack),
    ];
  } catch {
    return [line];
  }
}

const framesOf = (stack: unknown): readonly string[] =>
  typeof stack === 'string'
    ? stack
        .split('\n')
        .filter((line) => /^\s+at /.test(line) && !line.includes('node:internal/'))
        .slice(0, FRAMES)
    : [];
