import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generation } from './generation.ts';
import { freePorts } from './ports.ts';
import { machine, newerDebian } from './root.ts';
import type { TestServer } from './server.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const VERSION_2 = join(cache, 'hometrip', 'servers', 'search-node');
const VERSION_3 = '/opt/search-node';
const START_MS = 250_000;

/** A single node of OpenSearch, version 2 or 3, which speaks Elasticsearch's REST API; without security. */
export async function startElasticsearch(): Promise<TestServer> {
  if (generation() === 'stable' && !existsSync(join(VERSION_2, 'stamp')))
    throw new Error('There is no search node: run scripts/servers/elasticsearch.sh first.');
  const place = generation() === 'stable' ? machine : newerDebian(`${VERSION_3}/stamp`);
  const installed = generation() === 'stable' ? VERSION_2 : VERSION_3;
  const { here, there: folder } = await place.folder('search-node-');
  await mkdir(join(here, 'config'));
  const [port = 0] = await freePorts(1);
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
    const java = place.command('java', ...memory, ...quiet, '-cp', path, 'SearchNode', folder, String(port));
    const started = spawn(...java, {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    started.stdout?.on('data', (chunk: Buffer) => log.push(chunk));
    started.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    const limit = performance.now() + START_MS;
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
      await rm(here, { recursive: true, force: true });
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
