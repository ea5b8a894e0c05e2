import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from './built.ts';
import { freePorts } from './ports.ts';

/** FerretDB in front of a PostgreSQL with DocumentDB: users, but no transactions. */
export interface TestFerretDb extends AsyncDisposable {
  /** Without a user. */
  readonly url: URL;
}

/** @param database Of `startMongo`. scripts/servers/ferretdb.sh brings the program. */
export async function startFerretDb(database: URL): Promise<TestFerretDb> {
  const state = await mkdtemp(join(tmpdir(), 'ferretdb-'));
  const [port, debug] = (await freePorts(2)) as [number, number];
  const options = {
    'postgresql-url': database.href,
    'listen-addr': `127.0.0.1:${port}`,
    'debug-addr': `127.0.0.1:${debug}`,
    'state-dir': state,
    telemetry: 'disable',
  };
  const child = spawn(
    built('ferretdb'),
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await listening(child);
  return {
    url: new URL(`mongodb://127.0.0.1:${port}/test?authSource=admin`),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(state, { recursive: true, force: true });
    },
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
      if (output.includes('Listening on TCP')) resolve();
    });
  child.once('exit', () => reject(new Error(`FerretDB does not start: ${output}`)));
  await promise;
}
