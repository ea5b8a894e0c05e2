import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 64 << 10;

/** The last `count` lines that hold something; of pino lines the message with its error, which is what people read. */
export function lastLines(path: string, count: number): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, MAX_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.slice(-count).map(readable);
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
