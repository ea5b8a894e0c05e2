/** What services and gateways have in common: everything but their data. */
import { defined, type Draw } from './draw.ts';
import { oneLine } from './text.ts';

export interface Surroundings {
  /** Kinds of components that there are. */
  readonly components: readonly string[];
  /** The name of one of this kind. */
  readonly named: (kind: string) => string;
  /** The one of this kind that offers all that it can. */
  readonly first: (kind: string) => string;
  readonly services: readonly string[];
  readonly rateLimits: readonly string[];
  readonly events: readonly string[];
}

export const limits = (draw: Draw): Record<string, unknown> =>
  defined({
    cpus: draw.maybe(70, () => draw.of([0.01, 0.25, 1, 1.5, 1024])),
    memory: draw.maybe(70, () => draw.of(['64M', '512M', '1.5G', '256Mi', '8192KB', '1T'])),
  });

export const slo = (draw: Draw): Record<string, unknown> =>
  defined({
    availability: draw.maybe(70, () => draw.of(['99.9%', '50%', '99.999%', '0.1%', '95.5%'])),
    latency: draw.maybe(70, () => draw.of(['300ms@p95', '1.5s@p99.9', '1ms@p1', '7ms@p50', '60s@p99'])),
  });

/** From the shortest. */
const durations = ['1ms', '50ms', '1.5s', '30s', '2m', '60m'];
const duration = (draw: Draw): string => draw.of(durations);

function callPolicy(draw: Draw): Record<string, unknown> {
  return defined({
    timeout: draw.maybe(50, () => duration(draw)),
    attempts: draw.maybe(50, () => draw.between(1, 10)),
    hedgeAfter: draw.maybe(30, () => duration(draw)),
    breaker: draw.maybe(50, () =>
      draw.chance(30)
        ? 'off'
        : defined({
            threshold: draw.maybe(60, () => draw.of(['1%', '50%', '99.9%', '33.3%'])),
            window: draw.maybe(60, () => duration(draw)),
            minimumCalls: draw.maybe(60, () => draw.of([1, 20, 100_000])),
            open: draw.maybe(60, () => draw.of(durations.slice(0, 3))),
            maxOpen: draw.maybe(60, () => draw.of(durations.slice(2))),
          }),
    ),
    bulkhead: draw.maybe(50, () =>
      draw.chance(30)
        ? 'off'
        : defined({
            concurrent: draw.maybe(70, () => draw.of([1, 50, 100_000])),
            queued: draw.maybe(70, () => draw.of([0, 5, 100_000])),
          }),
    ),
  });
}

/** @param publishes Further events that it has to publish: those of its entities. */
export function member(
  draw: Draw,
  name: string,
  port: number,
  { components, named, services, rateLimits, events }: Surroundings,
  publishes: readonly string[] = [],
): Record<string, unknown> {
  const usable = ['redis', 'smtp', 'elasticsearch'].filter((kind) => components.includes(kind));
  const others = services.filter((service) => service !== name);
  const calls = draw.some(others, 3);
  const carried = components.includes('rabbitmq');
  const published = carried
    ? [...new Set([...publishes, ...(draw.chance(40) ? draw.some(events, 3) : [])])]
    : [];
  const subscribed = carried && draw.chance(40) ? draw.some(events, 3) : [];
  const min = draw.of([1, 1, 2]);
  const list = (names: readonly string[]): readonly string[] | undefined =>
    names.length === 0 ? undefined : names;
  return defined({
    description: draw.maybe(30, () => oneLine(draw)),
    port,
    replicas: draw.maybe(30, () => draw.of([1, 1, 2, 2, 3])),
    balance: draw.maybe(30, () => draw.of(['round_robin', 'least_conn', 'ip_hash'])),
    uses: list(draw.some(usable).map(named)),
    calls: list(calls),
    callPolicies: draw.maybe(40, () =>
      Object.fromEntries(draw.some(calls).map((called) => [called, callPolicy(draw)])),
    ),
    publishes: list(published),
    subscribes: list(subscribed),
    rateLimit: rateLimits.length > 0 && draw.chance(40) ? draw.of(rateLimits) : undefined,
    autoscale: draw.maybe(20, () =>
      defined({
        min: draw.maybe(60, () => min),
        max: min + draw.below(5),
        cpu: draw.maybe(60, () => draw.of(['70%', '1%', '100%', '66.6%'])),
      }),
    ),
    slo: draw.maybe(20, () => slo(draw)),
    limits: draw.maybe(20, () => limits(draw)),
  });
}
