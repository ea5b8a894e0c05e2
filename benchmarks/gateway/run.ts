/**
 * What the hop through the gateway costs, beside the proxies that Node teams use: as many requests as go, then 60 % of that,
 * through the proxy and directly. All in turns, so that a noisy machine hits all of them; the proxy has a core to itself, the service
 * behind it shares the other one with the load.
 */
import { publish } from '../document.ts';
import type { Contestant } from '../runtime/contestants.ts';
import { pin, pinned } from '../runtime/cores.ts';
import { installContestants } from '../runtime/install.ts';
import { launch, load, type Running } from '../runtime/launch.ts';
import { type Latency, paced } from './paced.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SECONDS = Number(process.env['SECONDS_EACH'] ?? 3);
/** Rounds that are not counted: a proxy goes on being compiled for many thousand requests. */
const WARM_UP = 2;
const LOAD = 0.6;

/** Of one proxy in one round. */
interface Turn extends Latency {
  readonly rate: number;
  readonly cpu: number;
  /** p99 of the service asked directly, at the same rate. */
  readonly direct: number;
}

installContestants();
pin(process.pid, 1);
const running: Running[] = [];
const begin = async (name: string, file: string, argument = ''): Promise<Running> => {
  const contestant: Contestant = { name, file, argument, kind: 'full' };
  const one = await launch(contestant, new URL(file, import.meta.url).href);
  running.push(one);
  return one;
};
try {
  const service = await begin('asked directly', 'backend.mjs');
  pin(service.process.pid as number, 1);
  const others = '../runtime/contestants';
  const proxies = [
    await begin('**hometrip gateway**', 'hometrip.ts', service.url),
    await begin('@fastify/http-proxy, bare', `${others}/proxy-fastify.mjs`, service.url),
    await begin('http-proxy-3, bare', `${others}/proxy-http-proxy.mjs`, service.url),
    await begin('http-proxy-middleware on Express, bare', `${others}/proxy-express.mjs`, service.url),
  ];
  const results = new Map<Running, Turn[]>(proxies.map((one) => [one, []]));
  for (let round = 1 - WARM_UP; round <= ROUNDS; round += 1) {
    for (const proxy of proxies) {
      const { rate, cpu } = await load(proxy, SECONDS);
      const through = await paced(proxy.url, rate * LOAD, SECONDS);
      const direct = await paced(service.url, rate * LOAD, SECONDS);
      if (round > 0) results.get(proxy)?.push({ rate, cpu, ...through, direct: direct.p99 });
    }
    console.error(round > 0 ? `round ${round} of ${ROUNDS}` : 'warming up');
  }
  const row = (one: Running): string => {
    const turns = results.get(one) ?? [];
    const of = (value: (turn: Turn) => number): number => median(turns.map(value));
    const rate = Math.round(of((turn) => turn.rate)).toLocaleString('en');
    const times = [of(({ p50 }) => p50), of(({ p99 }) => p99), of(({ p99, direct }) => p99 - direct)];
    const columns = [rate, of(({ cpu }) => cpu).toFixed(0), ...times.map((time) => time.toFixed(2))];
    return `| ${one.contestant.name} | ${columns.join(' | ')} |`;
  };
  const table = [
    `${ROUNDS} rounds of ${SECONDS} s; ${pinned ? 'the proxy on a core of its own' : 'nothing pinned to a core'}; latency at ` +
      `${LOAD * 100} % of the requests that went in the ${SECONDS} s before.`,
    '',
    '|  | requests/s | CPU µs/request | p50 ms | p99 ms | p99 added by the hop |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...proxies.map(row),
  ];
  publish('gateway', table.join('\n'));
} finally {
  for (const { process: child } of running) child.kill();
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
