import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificate } from './certificate.ts';
import { freePorts } from './ports.ts';
import type { TestServer } from './server.ts';

export interface TestConsul extends TestServer {
  /** Of the same server, with TLS. */
  readonly secureUrl: URL;
  /** Makes a token of an access control list with these rules, as Consul writes them. */
  token(rules: string): Promise<string>;
  /** Removes everything that it remembers; only while it is stopped. */
  forget(): Promise<void>;
}

/** A single server of Consul, without DNS and gossip beyond this machine. With `acl` nobody may do a thing without a token. */
export async function startConsul({ acl = false } = {}): Promise<TestConsul> {
  const folder = await mkdtemp(join(tmpdir(), 'consul-'));
  const data = join(folder, 'data');
  const [http, https, server, serf] = await freePorts(4);
  const version = execFileSync('consul', ['version'], { encoding: 'utf8' });
  makeCertificate(folder);
  const master = randomUUID();
  const headers: Record<string, string> = acl ? { 'x-consul-token': master } : {};
  const config = {
    ports: { http, https, server, serf_lan: serf, serf_wan: -1, dns: -1, grpc: -1 },
    ca_file: join(folder, 'ca.pem'),
    cert_file: join(folder, 'cert.pem'),
    key_file: join(folder, 'key.pem'),
    ...(acl ? { acl: { enabled: true, default_policy: 'deny', tokens: { master, agent: master } } } : {}),
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
    while (!(await answers(`http://127.0.0.1:${http}`, headers))) {
      if (started.exitCode !== null || performance.now() > limit)
        throw new Error(`Consul does not start: ${Buffer.concat(log).toString('utf8').slice(-2_000)}`);
      await sleep(50);
    }
  };
  const put = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await fetch(`http://127.0.0.1:${http}${path}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`Consul answers ${answer.status} to ${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, string>;
  };
  await start();
  return {
    secureUrl: new URL(`consul+https://127.0.0.1:${https}`),
    async token(rules) {
      const policy = await put('/v1/acl/policy', { Name: randomUUID(), Rules: rules });
      const token = await put('/v1/acl/token', { Policies: [{ ID: policy['ID'] }] });
      return token['SecretID'] as string;
    },
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
async function answers(origin: string, headers: Record<string, string>): Promise<boolean> {
  try {
    const [leader, nodes] = await Promise.all([
      fetch(`${origin}/v1/status/leader`, { headers }).then((answer) => answer.text()),
      fetch(`${origin}/v1/health/node/test`, { headers }).then((answer) => answer.text()),
    ]);
    return leader.length > 2 && nodes.includes('serfHealth');
  } catch {
    return false;
  }
}
