/** Starts a contestant, and puts it under load. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import type { Contestant } from './contestants.ts';
import { pin } from './cores.ts';
import { createTestIssuer, type TestIssuer } from '../../packages/runtime/src/testing/tokens.ts';

export const PATH = '/api/v1/wishlists?limit=3&sort=-createdAt';
/** As the gateway passes it on. */
export const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const CONNECTIONS = 32;

const issuer = await createTestIssuer();
/** Of a host, who may, and of a guest, who may not. They are good for 15 minutes. */
export const tokens = {
  host: await issuer.tokenFor({ roles: ['host'] }),
  guest: await issuer.tokenFor({ roles: ['guest'] }),
};

/** What a contestant is told: whose tokens it accepts. */
export type Identity = Pick<TestIssuer, 'issuer' | 'audience' | 'jwks'>;
export const identity: Identity = { issuer: issuer.issuer, audience: issuer.audience, jwks: issuer.jwks };

export interface Running {
  readonly contestant: Contestant;
  readonly process: ChildProcess;
  readonly url: string;
}

/** Since the process began: microseconds of CPU time, and the bytes that it has in memory now. */
interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

/** @param module Address of the contestant's module. */
export async function launch(contestant: Contestant, module: string): Promise<Running> {
  const args = [module, JSON.stringify(identity), contestant.argument ?? ''];
  // Logs are written, to where writing costs nothing more.
  const output = openSync(devNull, 'w');
  const child = fork(new URL('serve.mjs', import.meta.url), args, {
    stdio: ['ignore', output, 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  closeSync(output);
  const [started] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${contestant.name} (${contestant.file}) ended before it was ready`);
    }),
  ])) as [{ url: string }];
  pin(child.pid as number, 0);
  return { url: started.url, contestant, process: child };
}

export interface Result {
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU time that the server took for a request: comparable on a busy machine too. */
  readonly cpu: number;
  /** The part of the time in which the server had work; well below 1, something else was the limit. */
  readonly busy: number;
  /** Bytes. */
  readonly memory: number;
}

export async function load(running: Running, seconds: number): Promise<Result> {
  const { url, contestant } = running;
  const public_ = contestant.kind === 'bare' || contestant.without?.includes('token and role') === true;
  const headers = {
    traceparent: TRACEPARENT,
    ...(public_ ? {} : { authorization: `Bearer ${tokens.host}` }),
  };
  const times = createHistogram();
  const before = await usage(running);
  const begun = performance.now();
  const { requests, non2xx, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url: url + PATH, headers, connections: CONNECTIONS, duration: seconds };
    const test = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    // Its own histogram counts in whole milliseconds.
    test.on('response', (_client, _status, _bytes, milliseconds) =>
      times.record(Math.max(1, Math.round(milliseconds * 1_000))),
    );
  });
  if (non2xx > 0 || errors > 0)
    throw new Error(`${contestant.name}: ${non2xx} answers were refusals, ${errors} failed`);
  const after = await usage(running);
  const wall = performance.now() - begun;
  const cpu = after.cpu - before.cpu;
  return {
    rate: (requests.total / wall) * 1_000,
    p50: times.percentile(50) / 1_000,
    p99: times.percentile(99) / 1_000,
    cpu: cpu / requests.total,
    busy: cpu / 1_000 / wall,
    memory: after.memory,
  };
}

async function usage({ process: child }: Running): Promise<Usage> {
  child.send('usage');
  const [message] = (await once(child, 'message')) as [Usage];
  return message;
}
