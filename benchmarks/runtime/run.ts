/** Requests per second and latency of each contestant, measured in turns so that a noisy machine hits all of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import autocannon from 'autocannon';

const NAMES = ['node:http', 'express', 'runtime'];
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const SECONDS = Number(process.env['SECONDS_EACH'] ?? 3);
const CONNECTIONS = 32;
const PATH = '/api/v1/wishlists?limit=3&sort=-createdAt';

interface Contestant {
  readonly process: ChildProcess;
  readonly url: string;
  readonly headers: Record<string, string>;
}

async function launch(name: string): Promise<Contestant> {
  const child = fork(new URL('servers.ts', import.meta.url), [name], {
    stdio: ['ignore', openSync('/dev/null', 'w'), 'inherit', 'ipc'],
  });
  const [{ url, token }] = (await once(child, 'message')) as [{ url: string; token?: string }];
  return { process: child, url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
}

interface Result {
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Microseconds of CPU time that the server used for a request: what stays comparable on a busy machine. */
  readonly cpu: number;
}

async function measure({ process: child, url, headers }: Contestant, seconds: number): Promise<Result> {
  const before = await cpuTime(child);
  const result = await autocannon({ url: url + PATH, headers, connections: CONNECTIONS, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  const used = (await cpuTime(child)) - before;
  return {
    rate: Math.round(result.requests.average),
    p99: result.latency.p99,
    cpu: used / result.requests.total,
  };
}

async function cpuTime(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return user + system;
}

const contestants = new Map<string, Contestant>();
for (const name of NAMES) contestants.set(name, await launch(name));
const results = new Map<string, Result[]>(NAMES.map((name) => [name, []]));
for (const contestant of contestants.values()) await measure(contestant, 1);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, contestant] of contestants) results.get(name)?.push(await measure(contestant, SECONDS));
}
for (const { process: child } of contestants.values()) child.kill();

const median = (name: string, pick: (result: Result) => number): number => {
  const values = (results.get(name) ?? []).map(pick).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
};
console.log('             requests/s   × express   p99 ms   CPU µs/request');
for (const name of NAMES) {
  const rate = median(name, (result) => result.rate);
  const ratio = (rate / median('express', (result) => result.rate)).toFixed(2);
  const [p99, cpu] = [median(name, (result) => result.p99), median(name, (result) => result.cpu)];
  console.log(
    `${name.padEnd(12)} ${String(rate).padStart(10)} ${ratio.padStart(11)} ${p99.toFixed(1).padStart(8)} ${cpu.toFixed(1).padStart(16)}`,
  );
}
