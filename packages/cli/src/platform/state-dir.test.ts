import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { prepareStateDir, stateDir } from './state-dir.ts';

it('keeps other users out under any umask, also of folders that are there already', async () => {
  const project = mkdtempSync(join(tmpdir(), 'hometrip-state-'));
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
    rmSync(project, { recursive: true });
  });
  const dir = stateDir(project);
  mkdirSync(dir.build, { recursive: true, mode: 0o777 });
  await prepareStateDir(dir);
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  expect(mode(dir.root)).toBe('755');
  const folders = readdirSync(dir.root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(Object.fromEntries(folders.map(({ name }) => [name, mode(join(dir.root, name))]))).toEqual({
    build: '700',
    logs: '700',
    run: '700',
    secrets: '700',
  });
});
