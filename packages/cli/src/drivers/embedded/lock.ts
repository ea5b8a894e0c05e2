/**
 * One supervisor per stack. Node has no flock, so the lock is a file per generation: whoever finds generation n dead
 * creates n+1, and the file system lets exactly one process do so. Taking over never deletes a living holder's file,
 * which is the race of "delete the stale lock, then create mine".
 */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './processes.ts';
import { readHolder } from './state-files.ts';

export interface LockHolder {
  readonly pid: number;
  /** Marker in the holder's title: a reused pid does not have it. */
  readonly marker: string;
}

export interface Lock {
  release(): void;
}

/** The living holder, if there is one. */
export async function lockHolder(dir: string): Promise<LockHolder | undefined> {
  const newest = generations(dir).at(-1);
  const holder = newest === undefined ? undefined : readHolder(join(dir, fileOf(newest)));
  return holder !== undefined && (await isAlive(holder.pid, holder.marker)) ? holder : undefined;
}

/** Undefined when somebody else holds it. */
export async function acquireLock(dir: string, holder: LockHolder): Promise<Lock | undefined> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const newest = generations(dir).at(-1) ?? 0;
  if ((await lockHolder(dir)) !== undefined) return undefined;
  const mine = newest + 1;
  const path = join(dir, fileOf(mine));
  const partial = join(dir, `lock.partial-${randomBytes(6).toString('hex')}`);
  writeFileSync(partial, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(partial, path); // atomic, with its text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  // We may have slept since we looked, while others came and went. When two of us meet here both may give way: they retry.
  for (const generation of generations(dir)) {
    if (generation === mine) continue;
    const other = join(dir, fileOf(generation));
    const rival = readHolder(other);
    if (rival !== undefined && (await isAlive(rival.pid, rival.marker))) {
      rmSync(path, { force: true });
      return undefined;
    }
    if (generation < mine) rmSync(other, { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

const fileOf = (generation: number): string => `supervisor.${generation}.lock`;

function generations(dir: string): number[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => /^supervisor\.(\d+)\.lock$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
