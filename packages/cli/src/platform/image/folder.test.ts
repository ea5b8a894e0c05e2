import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFolder } from './folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hometrip-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const dist = (): string => join(root, 'dist');
const files = new Map([
  ['chunks/a.js', 'a'],
  ['main.js', 'main'],
]);

it('has the same modes and times wherever and by whomever it is written', async () => {
  const before = process.umask(0o077);
  try {
    expect(await writeFolder(dist(), files)).toBe(true);
  } finally {
    process.umask(before);
  }
  for (const [path, mode] of [
    ['.', 0o755],
    ['chunks', 0o755],
    ['main.js', 0o644],
  ] as const) {
    const info = statSync(join(dist(), path));
    expect([path, info.mode & 0o777, info.mtime.toISOString()]).toEqual([
      path,
      mode,
      '2000-01-01T00:00:00.000Z',
    ]);
  }
});

it('keeps what is right, and removes what does not belong', async () => {
  await writeFolder(dist(), files);
  expect(await writeFolder(dist(), files)).toBe(false);
  mkdirSync(join(dist(), 'old', 'deep'), { recursive: true });
  writeFileSync(join(dist(), 'old', 'deep', 'x.js'), '');
  writeFileSync(join(dist(), 'main.js'), 'broken');
  expect(await writeFolder(dist(), files)).toBe(true);
  expect(readFileSync(join(dist(), 'main.js'), 'utf8')).toBe('main');
  expect(statSync(join(dist(), 'old'), { throwIfNoEntry: false })).toBeUndefined();
  expect(await writeFolder(dist(), files)).toBe(false);
});

it('never touches a folder that is not ours', async () => {
  mkdirSync(dist());
  writeFileSync(join(dist(), 'thesis.txt'), 'years of work');
  await expect(writeFolder(dist(), files)).rejects.toMatchObject({ name: 'UserError', where: dist() });
  expect(readFileSync(join(dist(), 'thesis.txt'), 'utf8')).toBe('years of work');
});
