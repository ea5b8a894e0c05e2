import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.ts';
import { newerDebian, packageVersion } from './root.ts';
import type { TestServer } from './server.ts';

const FRONT = fileURLToPath(
  new URL('../../packages/runtime/src/documents/mongodb/testing/front.ts', import.meta.url),
);
const BIN = '/usr/lib/postgresql/18/bin';

const CONF = `
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = postgres
cron.launch_active_jobs = off
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
dynamic_shared_memory_type = mmap
max_connections = 60
jit = off
`;

export interface TestMongo extends TestServer {
  /** Of the PostgreSQL behind the front. */
  readonly databaseUrl: URL;
  /** For those who log in, which the front does not know. */
  addUser(name: string, password: string): void;
  /** The same data behind a server that is no member of a replica set. */
  readonly standaloneUrl: URL;
}

/** DocumentDB on PostgreSQL behind a front that speaks MongoDB's protocol; scripts/servers/newer-debian.sh brings it. */
export async function startMongo(): Promise<TestMongo> {
  const place = newerDebian(`${BIN}/postgres`, { user: 'postgres' });
  const { here: folder, there: data } = await place.folder('mongodb-');
  const execute = (program: string, ...args: string[]) =>
    execFileSync(...place.command(`${BIN}/${program}`, ...args), { stdio: ['ignore', 'ignore', 'pipe'] });
  execute('initdb', '-D', data, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');
  await writeFile(join(folder, 'postgresql.conf'), CONF, { flag: 'a' });
  const [database, front, standalone] = (await freePorts(3)) as [number, number, number];
  const databaseUrl = `postgres://postgres@127.0.0.1:${database}/postgres`;
  const running: ChildProcess[] = [];

  /** Started until its output says so. */
  const run = async (command: string, args: string[], ready: string, env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let output = '';
    const started = Promise.withResolvers<void>();
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
      if (output.includes(ready)) started.resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('exit', () => started.reject(new Error(`${basename(command)} ended: ${output}`)));
    await started.promise;
  };
  const fronts = (): Promise<unknown> => {
    const env = { DATABASE_URL: databaseUrl };
    const listen = (port: number, alone: string) =>
      run(process.execPath, ['--no-warnings', FRONT], 'ready', {
        ...env,
        PORT: `${port}`,
        STANDALONE: alone,
      });
    return Promise.all([listen(front, ''), listen(standalone, '1')]);
  };
  /** Whoever wrote for a killed postmaster ends by itself, soon; the data may be used again only then. */
  const serve = async (): Promise<void> => {
    const limit = performance.now() + 30_000;
    const server = ['-D', data, '-p', `${database}`];
    for (;;) {
      try {
        return await run(...place.command(`${BIN}/postgres`, ...server), 'ready to accept connections');
      } catch (error) {
        if (!String(error).includes('shared memory block') || performance.now() > limit) throw error;
        running.pop();
        await sleep(50);
      }
    }
  };
  const query = (sql: string) =>
    execute('psql', '-h', '127.0.0.1', '-p', `${database}`, '-U', 'postgres', '-qX', '-c', sql);
  const start = async (): Promise<void> => {
    await serve();
    const extension = 'set client_min_messages = error; create extension if not exists documentdb cascade';
    query(extension);
    await fronts();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    // The fronts first: they have nothing to lose.
    for (const [index, child] of running.splice(0).reverse().entries()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      // SIGINT is PostgreSQL's fast shutdown.
      child.kill(signal === 'SIGTERM' && index === 2 ? 'SIGINT' : signal);
      await ended;
    }
  };
  await start();
  return {
    name: `DocumentDB ${packageVersion('postgresql-18-documentdb')} on PostgreSQL ${packageVersion('postgresql-18')} (no mongod)`,
    url: new URL(`mongodb://127.0.0.1:${front}/test`),
    databaseUrl: new URL(databaseUrl),
    addUser(name, password) {
      const roles = ['readWriteAnyDatabase', 'clusterAdmin'].map((role) => ({ role, db: 'admin' }));
      const command = JSON.stringify({ createUser: name, pwd: password, roles });
      query(`select documentdb_api.create_user('${command}')`);
    },
    standaloneUrl: new URL(`mongodb://127.0.0.1:${standalone}/test`),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
