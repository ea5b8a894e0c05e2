import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
  existsSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export const logFile = (logs: string, service: string, replica: number): string =>
  join(logs, `${service}.${replica}.log`);

export interface LogSource {
  readonly service: string;
  readonly replica: number;
  readonly path: string;
}

/** Current log files, sorted; `postgres.log` and `supervisor.log` count as replica 1 of their name. */
export async function logSources(logs: string): Promise<LogSource[]> {
  const names = await readdir(logs).catch(() => []);
  return names.sort().flatMap((name) => {
    const match = /^(.+?)(?:\.(\d+))?\.log$/.exec(name);
    return match === null
      ? []
      : [{ service: match[1] ?? '', replica: Number(match[2] ?? 1), path: join(logs, name) }];
  });
}

/** Older parts of a log, oldest first: `x.log.2`, `x.log.1`. */
export function rotatedFiles(path: string, kept = KEPT): string[] {
  return Array.from({ length: kept }, (_, index) => `${path}.${kept - index}`).filter((candidate) =>
    existsSync(candidate),
  );
}

const KEPT = 3;
const CHUNK = 256 << 10;

/**
 * Copies a file that has grown too large aside and empties it: its writers hold it open for appending and go on at its
 * new end. What they write between the last copy and the cut would be lost, so copying repeats until nothing was added;
 * offsets in the copy are those of the original, so that a reader continues there.
 */
export function rotateIfLarge(path: string, maxBytes: number, kept = KEPT): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return false;
  for (let index = kept; index > 1; index -= 1) {
    if (existsSync(`${path}.${index - 1}`)) renameSync(`${path}.${index - 1}`, `${path}.${index}`);
  }
  const source = openSync(path, 'r+');
  const target = openSync(`${path}.1`, 'w', 0o600);
  try {
    const buffer = Buffer.alloc(CHUNK);
    let copied = 0;
    while (copied < fstatSync(source).size) {
      const length = readSync(source, buffer, 0, CHUNK, copied);
      writeSync(target, buffer, 0, length);
      copied += length;
    }
    ftruncateSync(source, 0);
  } finally {
    closeSync(source);
    closeSync(target);
  }
  return true;
}
