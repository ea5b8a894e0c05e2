import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hometrip-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one owner in at a time, and leaves nothing behind', async () => {
  const steps: string[] = [];
  const owner = (name: string) =>
    withLock(file, async () => {
      steps.push(`${name} in`);
      await new Promise(setImmediate);
      steps.push(`${name} out`);
    });
  await Promise.all([owner('a'), owner('b')]);
  expect(steps).toEqual(['a in', 'a out', 'b in', 'b out']);
  expect(existsSync(file)).toBe(false);
});

it('takes over the lock of a process that is dead', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  writeFileSync(file, JSON.stringify({ pid, host: hostname(), since: 0 }));
  expect(await withLock(file, async () => JSON.parse(readFileSync(file, 'utf8')).pid)).toBe(process.pid);
});

it('takes over the lock of an owner that has been silent, whoever has its process number now', async () => {
  writeFileSync(file, JSON.stringify({ pid: process.ppid, host: hostname(), since: 0 }));
  utimesSync(file, 0, 0);
  expect(await withLock(file, async () => JSON.parse(readFileSync(file, 'utf8')).pid)).toBe(process.pid);
});

it('gives the lock back when the work fails', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  expect(existsSync(file)).toBe(false);
});
