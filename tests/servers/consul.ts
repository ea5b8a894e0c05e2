import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './server.ts';

export interface TestConsul extends TestServer {
  /** Removes everything that it remembers; only while it is stopped. */
  forget(): Promise<void>;
}

/** A single server of Consul, without DNS and gossip beyond this machine. */
export async function startConsul(): Promise<TestConsul> {
  const folder = await mkdtemp(join(tmpdir(), 'consul-'));
  const data = join(folder, 'data');
  const [http, server, serf] = await freePorts(3);
  const version = execFileSync('consul', ['version'], { encoding: 'utf8' });
  const config = {
    ports: { http, server, serf_lan: serf, serf_wan: -1, dns: -1, grpc: -1 },
    performance: { raft_multiplier: 1 },
    disable_update_check: true,
  };
  const configFile = join(folder, 'config.json');
  await writeFile(configFile, JSON.stringify(config));
  const url = new URL(`consul://127.0.0.1:${http}`);
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    child = undefined;
  };
  const start = async (): Promise<void> => {
    const log: Buffer[] = [];
    const args = ['agent', '-server', '-bootstrap-expect=1', '-bind=127.0.0.1', '-client=127.0.0.1'];
    const started = spawn(
      'consul',
      [...args, `-data-dir=${data}`, '-node=test', '-log-level=warn', `-config-file=${configFile}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child = started;
    started.stdout?.on('data', (chunk: Buffer) => log.push(chunk));
    started.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    const limit = performance.now() + 30_000;
    while (!(await answers(`http://127.0.0.1:${http}`))) {
      if (started.exitCode !== null || performance.now() > limit)
        throw new Error(`Consul does not start: ${Buffer.concat(log).toString('utf8').slice(-2_000)}`);
      await sleep(50);
    }
  };
  await start();
  return {
    name: `Consul ${/v(\d[\d.]*)/.exec(version)?.[1] ?? version.trim()}`,
    url,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    forget: () => rm(data, { recursive: true }),
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A leader is there, and this node is in its catalog: only then is a query for healthy instances complete. */
async function answers(origin: string): Promise<boolean> {
  try {
    const [leader, nodes] = await Promise.all([
      fetch(`${origin}/v1/status/leader`).then((answer) => answer.text()),
      fetch(`${origin}/v1/health/node/test`).then((answer) => answer.text()),
    ]);
    return leader.length > 2 && nodes.includes('serfHealth');
  } catch {
    return false;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
