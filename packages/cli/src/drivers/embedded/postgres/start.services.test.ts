import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { ensureCluster } from './cluster.ts';
import { isPostmasterOf, orphansOf, until } from './processes.ts';
import { attach, startPostgres } from './start.ts';
import { TestBed, query, urlFor } from './test-server.ts';

const bed = new TestBed();
afterAll(() => bed.close());
const isRoot = process.getuid?.() === 0;

async function nothingRuns(dataDir: string): Promise<boolean> {
  return (await orphansOf(dataDir)).length === 0 && !existsSync(join(dataDir, 'postmaster.pid'));
}

test('the first start makes a template, and a durable UTF-8 server on loopback that wants a password', async () => {
  const options = bed.options('first');
  const server = await startPostgres(options);
  expect(await query(server.url(), 'SELECT current_user')).toEqual(['postgres']);
  const settings = [
    'server_encoding',
    'fsync',
    'full_page_writes',
    'synchronous_commit',
    'data_checksums',
    'listen_addresses',
    'unix_socket_directories',
  ];
  const values = await query(
    server.url(),
    `SELECT ${settings.map((name) => `current_setting('${name}')`).join(', ')}`,
  );
  expect(values).toEqual(['UTF8', 'on', 'on', 'on', 'on', '127.0.0.1', '']);
  await expect(query(urlFor(server.url(), 'postgres', 'wrong', 'postgres'), 'SELECT 1')).rejects.toThrow(
    /password authentication failed/,
  );
  expect(readdirSync(join(bed.cache, 'postgres-templates'))).toHaveLength(1);
  expect(statSync(options.dataDir).mode & 0o777).toBe(0o700);
  expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain('super-secret');
  await server.stop();
  expect(await server.exited).toEqual({ code: 0, signal: undefined });
  expect(await nothingRuns(options.dataDir)).toBe(true);
});

test('a second stack is a copy of the template, with a password of its own', async () => {
  const template = join(
    bed.cache,
    'postgres-templates',
    readdirSync(join(bed.cache, 'postgres-templates'))[0] ?? '',
  );
  const made = statSync(join(template, 'PG_VERSION')).mtimeMs;
  const options = bed.options('second', { superuserPassword: 'another-secret' });
  expect((await ensureCluster(options)).created).toBe(true);
  expect((await ensureCluster(options)).created).toBe(false);
  const server = await startPostgres(options);
  expect(await query(server.url(), 'SELECT 1')).toEqual([1]);
  await expect(
    query(urlFor(server.url(), 'postgres', 'super-secret', 'postgres'), 'SELECT 1'),
  ).rejects.toThrow(/password/);
  expect(statSync(join(template, 'PG_VERSION')).mtimeMs).toBe(made);
  expect(readdirSync(dirname(options.dataDir))).toEqual(['data', 'log']);
  await server.stop();
});

test('a restart keeps rows and port', async () => {
  const options = bed.options('second', { superuserPassword: 'another-secret' });
  const before = await startPostgres(options);
  await query(before.url(), 'CREATE TABLE kept AS SELECT 42 AS n');
  await before.stop();
  const after = await startPostgres(options);
  expect(after.port).toBe(before.port);
  expect(await query(after.url(), 'SELECT n FROM kept')).toEqual([42]);
  await after.stop();
});

test('after kill -9 the next start recovers: committed rows are there, workers of the old server are not', async () => {
  const options = bed.options('killed');
  const server = await startPostgres(options);
  await query(server.url(), 'CREATE TABLE kept (n int)');
  await query(server.url(), 'INSERT INTO kept SELECT generate_series(1, 1000)');
  // In the middle of a computation a worker does not notice that its postmaster is gone.
  const busy = new pg.Client({ connectionString: server.url() });
  busy.on('error', () => undefined);
  await busy.connect();
  const { rows } = await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const computing = busy
    .query('SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b')
    .catch(() => 'cut off');
  const worker = rows[0]?.pid ?? 0;
  await until(
    async () =>
      (await query(server.url(), `SELECT state FROM pg_stat_activity WHERE pid = ${worker}`))[0] === 'active',
    5_000,
  );
  process.kill(server.pid, 'SIGKILL');
  expect(await server.exited).toEqual({ code: undefined, signal: 'SIGKILL' });
  expect(await orphansOf(options.dataDir)).toContain(worker);
  const next = await startPostgres(options);
  expect(await computing).toBe('cut off');
  expect(next.adopted).toBe(false);
  expect(await orphansOf(options.dataDir)).not.toContain(worker);
  expect(await query(next.url(), 'SELECT count(*)::int FROM kept')).toEqual([1000]);
  await next.stop();
  expect(await nothingRuns(options.dataDir)).toBe(true);
});

test('a taken port is left to its owner: another one is picked and told', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const server = await startPostgres(bed.options('first', { port }));
  expect(server.takenPorts).toEqual([port]);
  expect(server.port).not.toBe(port);
  expect(await query(server.url(), 'SELECT 1')).toEqual([1]);
  await server.stop();
  other.close();
});

test('a supervisor that was killed leaves the server serving, and the next one adopts it', async () => {
  const options = bed.options('adopted');
  expect(await attach(options)).toBeUndefined();
  const { child, told } = await bed.supervisor(options);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const server = await startPostgres(options);
  expect(server).toMatchObject({ pid: told.pid, port: told.port, adopted: true });
  expect(await query(server.url(), 'SELECT 1')).toEqual([1]);
  await server.stop();
  expect(await server.exited).toEqual({ code: undefined, signal: undefined });
  expect(await isPostmasterOf(told.pid, options.dataDir)).toBe(false);
  expect(await nothingRuns(options.dataDir)).toBe(true);
});

test('two supervisors that start at once share one server', async () => {
  const options = bed.options('adopted');
  const [one, two] = await Promise.all([startPostgres(options), startPostgres(options)]);
  expect(one.pid).toBe(two.pid);
  expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
  await one.stop();
  await two.stop();
});

test('a pid file whose number belongs to a stranger does not stop the start, nor harm the stranger', async () => {
  const options = bed.options('adopted');
  const left = `${process.pid}\n${options.dataDir}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready\n`;
  writeFileSync(join(options.dataDir, 'postmaster.pid'), left);
  expect(await attach(options)).toBeUndefined();
  const server = await startPostgres(options);
  expect(server.adopted).toBe(false);
  await server.stop();
});

test('when the secrets of a stack were made anew, its server takes the new password', async () => {
  const server = await startPostgres(bed.options('adopted', { superuserPassword: 'renewed' }));
  expect(await query(server.url(), 'SELECT 1')).toEqual([1]);
  await server.stop();
});

test.runIf(isRoot)('for root the server runs as nobody, in a folder that nobody can enter', async () => {
  expect(statSync(bed.folder)).toMatchObject({ uid: 0 });
  expect(statSync(bed.folder).mode & 0o777).toBe(0o700);
  const server = await startPostgres(bed.options('first'));
  expect(statSync(`/proc/${server.pid}`).uid).toBe(65534);
  await server.stop();
});

const users = [
  { who: 'a normal user', uid: 1, needs: ['true'] },
  { who: 'a user without a name, as containers have', uid: 54321, needs: ['unshare', '--user', 'true'] },
];

test.runIf(isRoot).for(users)(
  '$who starts, restarts and stops a server of their own',
  async ({ uid, needs }, { skip }) => {
    const script = new URL('./start.ts', import.meta.url).pathname;
    const can = (command: string[]): boolean =>
      spawnSync(command[0] ?? '', command.slice(1), { uid, gid: uid }).status === 0;
    if (!can(['test', '-r', script])) skip('another user cannot read this checkout');
    if (!can(needs)) skip('this kernel has no user namespaces for users');
    const home = mkdtempSync(join(bed.cache, 'home-'));
    const cache = join(home, 'cache');
    mkdirSync(cache, { mode: 0o755 });
    for (const folder of [home, cache]) chownSync(folder, uid, uid);
    const options = bed.options('theirs', { dataDir: home, cache });
    for (let round = 0; round < 2; round++) {
      const { child, told } = await bed.supervisor(options, uid);
      expect(told.uid).toBe(uid);
      expect(statSync(`/proc/${told.pid}`).uid).toBe(uid);
      expect(await query(told.url, 'SELECT 1')).toEqual([1]);
      child.stdin?.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(await nothingRuns(options.dataDir)).toBe(true);
    }
    // Root on somebody's checkout: the files keep their owner.
    const server = await startPostgres(options);
    expect(statSync(`/proc/${server.pid}`).uid).toBe(uid);
    await server.stop();
    expect(statSync(join(options.dataDir, 'global', 'pg_control')).uid).toBe(uid);
  },
);

test.runIf(isRoot)('a data directory that belongs to somebody else is told as such', ({ skip }) => {
  const fixture = new URL('./supervisor.fixture.ts', import.meta.url).pathname;
  const theirs = { uid: 1, gid: 1, cwd: '/', encoding: 'utf8' as const };
  if (spawnSync('test', ['-r', fixture], theirs).status !== 0) skip('another user cannot read this checkout');
  const options = bed.options('first', { cache: mkdtempSync(join(tmpdir(), 'hometrip-pg-theirs-')) });
  chownSync(options.cache ?? '', 1, 1);
  const { status, stderr } = spawnSync(process.execPath, [fixture, JSON.stringify(options)], theirs);
  rmSync(options.cache ?? '', { recursive: true });
  expect(stderr).toContain('UserError: the data directory belongs to another user');
  expect(status).toBe(1);
});
