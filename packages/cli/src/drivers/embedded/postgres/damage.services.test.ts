import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findBinaries, prepareBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { chooseRunAs } from './run-as.ts';
import { runProgram } from './program.ts';
import { startPostgres } from './start.ts';
import { TestBed } from './test-server.ts';

const bed = new TestBed();
afterAll(() => bed.close());
const isRoot = process.getuid?.() === 0;

test('a data directory of another major version is named and left alone', async () => {
  const options = bed.options('old');
  mkdirSync(options.dataDir, { recursive: true });
  writeFileSync(join(options.dataDir, 'PG_VERSION'), '15\n');
  await expect(startPostgres(options)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /^the data directory was written by PostgreSQL 15, and the embedded server is \d+$/,
    ),
    where: options.dataDir,
  });
  expect(readFileSync(join(options.dataDir, 'PG_VERSION'), 'utf8')).toBe('15\n');
});

test('a folder with other things in it is not taken over', async () => {
  const options = bed.options('foreign');
  mkdirSync(options.dataDir, { recursive: true });
  writeFileSync(join(options.dataDir, 'thesis.txt'), 'irreplaceable');
  await expect(startPostgres(options)).rejects.toThrow(
    'this folder is not empty, and not a PostgreSQL data directory',
  );
  expect(readFileSync(join(options.dataDir, 'thesis.txt'), 'utf8')).toBe('irreplaceable');
});

const damages: { what: string; damage: (dataDir: string) => void }[] = [
  { what: 'a cut control file', damage: (dir) => truncateSync(join(dir, 'global', 'pg_control'), 0) },
  { what: 'a lost control file', damage: (dir) => rmSync(join(dir, 'global', 'pg_control')) },
  { what: 'a lost write-ahead log', damage: (dir) => emptyWal(dir) },
  { what: 'a lost catalog folder', damage: (dir) => rmSync(join(dir, 'pg_xact'), { recursive: true }) },
];

function emptyWal(dir: string): void {
  const { uid, gid } = statSync(dir);
  rmSync(join(dir, 'pg_wal'), { recursive: true });
  cpSync(join(dir, 'pg_twophase'), join(dir, 'pg_wal'), { recursive: true });
  if (isRoot) chownTree(join(dir, 'pg_wal'), uid, gid);
}

function chownTree(path: string, uid: number, gid: number): void {
  chmodSync(path, 0o700);
  chownSync(path, uid, gid);
}

test.each(damages)(
  '$what: the damage is told with the ways out, and nothing is deleted',
  async ({ what, damage }) => {
    const options = bed.options(what.replaceAll(' ', '-'));
    await ensureCluster(options);
    damage(options.dataDir);
    await expect(startPostgres(options)).rejects.toMatchObject({
      name: 'UserError',
      message: 'the data directory is damaged; nothing was deleted',
      where: options.dataDir,
      next: expect.arrayContaining([expect.stringContaining('Put back a copy of the folder')]),
    });
    expect(existsSync(join(options.dataDir, 'base'))).toBe(true);
  },
);

test('an interrupted creation leaves nothing in the way, and its rests are removed by the next', async () => {
  const options = bed.options('interrupted');
  const parent = join(options.dataDir, '..');
  const abandoned = join(parent, '.data.partial-999999999-abcd');
  mkdirSync(abandoned, { recursive: true });
  await ensureCluster(options);
  expect(existsSync(abandoned)).toBe(false);
  const failing = bed.options('interrupted-2', { superuserPassword: 'not ascii: ü' });
  await expect(ensureCluster(failing)).rejects.toThrow(/printable ASCII/);
  expect(existsSync(failing.dataDir)).toBe(false);
});

test.runIf(isRoot)(
  'binaries in a folder that nobody can enter are copied to the cache, with their library links',
  async () => {
    const found = findBinaries();
    const closed = join(bed.folder, 'package', 'native');
    cpSync(found.root, closed, { recursive: true, verbatimSymlinks: true });
    rmSync(join(closed, 'lib', 'libicui18n.so.60'), { force: true });
    const dataDir = join(bed.folder, 'never');
    const runAs = chooseRunAs(dataDir);
    const binaries = await prepareBinaries({ root: closed, key: 'copied' }, bed.cache, runAs);
    expect(binaries.root).toBe(join(bed.cache, 'postgres-binaries', 'copied'));
    await runProgram(binaries.initdb, ['--version'], { dataDir: '/', runAs, env: binaries.env });
  },
);

test('a data directory behind a symbolic link is the same one', async () => {
  const options = bed.options('linked');
  const server = await startPostgres(options);
  const link = join(bed.folder, 'link');
  symlinkSync(join(options.dataDir, '..'), link);
  const again = await startPostgres({ ...options, dataDir: join(link, 'data') });
  expect(again).toMatchObject({ pid: server.pid, adopted: true });
  await again.stop();
});
