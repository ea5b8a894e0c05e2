import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './server.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const installed = join(cache, 'hometrip', 'servers', 'search-node');

/** A single node of OpenSearch, which speaks Elasticsearch's REST API; without security. */
export async function startElasticsearch(): Promise<TestServer> {
  if (!existsSync(join(installed, 'stamp')))
    throw new Error('There is no search node: run scripts/servers/elasticsearch.sh first.');
  const folder = await mkdtemp(join(tmpdir(), 'search-node-'));
  await mkdir(join(folder, 'config'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  let version = '';

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    child = undefined;
  };
  const start = async (): Promise<void> => {
    const log: Buffer[] = [];
    const memory = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const quiet = ['-Djava.awt.headless=true', '-Dlog4j2.disable.jmx=true', '-Dlog4j2.level=ERROR'];
    const path = `${join(installed, 'classes')}:${join(installed, 'lib')}/*`;
    const started = spawn('java', [...memory, ...quiet, '-cp', path, 'SearchNode', folder, String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stdout?.on('data', (chunk: Buffer) => log.push(chunk));
    started.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    const limit = performance.now() + 60_000;
    for (;;) {
      const answer = await versionOf(`http://127.0.0.1:${port}`);
      if (answer !== undefined) {
        version = answer;
        return;
      }
      if (started.exitCode !== null || performance.now() > limit)
        throw new Error(
          `The search node does not start: ${Buffer.concat(log).toString('utf8').slice(-2_000)}`,
        );
      await sleep(100);
    }
  };
  await start();
  return {
    name: `OpenSearch ${version}`,
    url: new URL(`elasticsearch://127.0.0.1:${port}`),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Undefined until its shards answer. */
async function versionOf(origin: string): Promise<string | undefined> {
  try {
    const health = await fetch(`${origin}/_cluster/health?wait_for_status=yellow&timeout=5s`);
    if (!health.ok) return undefined;
    const about = (await fetch(origin).then((answer) => answer.json())) as { version: { number: string } };
    return about.version.number;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
