/** The command as npm runs it: on whatever Node is first on the PATH. */
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repository } from '../../packages/cli/src/platform/repository.fixture.ts';
import { emptyFolder, type Folder } from './folder.ts';

/** Node's own programs of earlier versions differ in what they have: this one claims to be older, and is it in name alone. */
const OLDER =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });";

let folder: Folder;
const command = () => join(folder.path, 'node_modules/@hometrip/cli/bin/hometrip.js');
const onOlder = (...args: string[]) =>
  execa(process.execPath, ['--import', join(folder.path, 'older.mjs'), command(), ...args], {
    cwd: folder.path,
    reject: false,
    all: true,
  });

beforeAll(() => {
  folder = emptyFolder();
  const cli = join(folder.path, 'node_modules/@hometrip/cli');
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(repository, 'packages/cli', name), join(cli, name), { recursive: true });
  writeFileSync(join(folder.path, 'older.mjs'), OLDER);
});
afterAll(() => folder.remove());

it('is read by Node 18: no syntax, and no name of a module, that came later', () => {
  const text = readFileSync(command(), 'utf8');
  expect(text).not.toMatch(
    /import \{[^}]*\} from 'node:module'|import\.meta\.(dirname|filename|resolve|main)/,
  );
});

it('says what it needs, and how to get it', async () => {
  const { exitCode, all } = await onOlder('version');
  expect(exitCode).toBe(1);
  expect(all).toMatch(/^error: hometrip needs Node 24 or newer; this is 20\.20\.2\n {2}try: install Node 24/);
});

it('goes on with the Node that the project has from npm: same output, same exit code', async () => {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const bin = join(folder.path, 'node_modules', platform, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  chmodSync(bin, 0o755);
  expect((await onOlder('version')).all).toMatch(/^hometrip .* Node v2[4-9]/);
  const wrong = await onOlder('nonsense');
  expect([wrong.exitCode, wrong.all]).toEqual([2, expect.stringContaining('there is no command "nonsense"')]);
});
