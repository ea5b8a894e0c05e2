import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, lockHolder, type LockHolder } from './lock.ts';

let dir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hometrip-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

/** A process that could hold the lock. */
function startProcess(marker: string): LockHolder & { end(): Promise<void> } {
  const child = spawn(process.execPath, [`--title=${marker}`, '-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  });
  children.push(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    marker,
    end: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

test('one process holds it; the next one gets it when that one was killed', async () => {
  const [first, second] = [startProcess('hometrip-test/a'), startProcess('hometrip-test/b')];
  expect(await acquireLock(dir, first)).toBeDefined();
  expect(await acquireLock(dir, second)).toBeUndefined();
  expect(await lockHolder(dir)).toMatchObject({ pid: first.pid });
  await first.end();
  expect(await lockHolder(dir)).toBeUndefined();
  const lock = await acquireLock(dir, second);
  expect(await lockHolder(dir)).toMatchObject({ pid: second.pid });
  lock?.release();
  expect(readdirSync(dir)).toEqual([]);
});

test('of many that find it abandoned, at most one gets it', async () => {
  const dead = startProcess('hometrip-test/dead');
  await acquireLock(dir, dead);
  await dead.end();
  const rivals = Array.from({ length: 4 }, (_, index) => startProcess(`hometrip-test/${index}`));
  const locks = await Promise.all(
    rivals.flatMap((rival) => [acquireLock(dir, rival), acquireLock(dir, rival)]),
  );
  expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
});

test('a stranger with the pid of a former holder does not hold it', async () => {
  const stranger = startProcess('somebody-else');
  await acquireLock(dir, { pid: stranger.pid, marker: 'hometrip-test/former' });
  expect(await acquireLock(dir, startProcess('hometrip-test/now'))).toBeDefined();
});
