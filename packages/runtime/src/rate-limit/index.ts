import { Counter } from 'prom-client';
import { openersFor, openPort, type Opener, type Port, type PortOptions } from '../port.ts';
import { type PortSpans, portSpans } from '../telemetry/ports.ts';
import { systemOf } from '../telemetry/systems.ts';
import type { Decision, Limit, RateLimitAdapter } from './port.ts';

export type { Decision, Limit, RateLimitAdapter } from './port.ts';

const openers: readonly Opener<RateLimitAdapter>[] = [
  {
    schemes: ['memory:'],
    open: async (_, { clock }) => (await import('./memory.ts')).openMemoryRateLimit(clock),
  },
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres.ts')).openPostgresRateLimit(url, options),
  },
  {
    schemes: ['redis:', 'rediss:'],
    open: async (url, options) => (await import('./redis.ts')).openRedisRateLimit(url, options),
  },
];

/** A limit with its name, and what holds while there is no counter. */
export interface NamedLimit extends Limit {
  /** Part of the key, and a label of the metrics: `auth`. */
  readonly name: string;
  /** What happens while the server is away. Default `allow`: a limit that is down must not take the system down. */
  readonly onFailure?: 'allow' | 'deny' | undefined;
}

/** Limits that hold over all replicas of a service; those of another service of the same name are counted apart. */
export class RateLimiter implements Port {
  readonly #adapter: RateLimitAdapter;
  readonly #options: PortOptions;
  /** By limit. Added up at every scrape: finding the labels in the counter would take as long as the decision. */
  readonly #decisions = new Map<string, Record<'allowed' | 'refused' | 'failed', number>>();
  readonly #span: PortSpans;
  #troubled = false;

  /** @param system What spans call the server: `redis`. */
  constructor(adapter: RateLimitAdapter, options: PortOptions, system = 'memory') {
    this.#adapter = adapter;
    this.#span = portSpans(system);
    this.#options = options;
    const decisions = this.#decisions;
    new Counter({
      name: 'rate_limit_decisions_total',
      help: 'Decisions by limit: allowed, refused, failed.',
      labelNames: ['limit', 'decision'],
      registers: [options.metrics],
      collect() {
        this.reset();
        for (const [limit, counts] of decisions)
          for (const [decision, count] of Object.entries(counts))
            if (count > 0) this.inc({ limit, decision }, count);
      },
    });
  }

  /** @param key Who is limited: an address, a user's id. */
  async take(limit: NamedLimit, key: string): Promise<Decision> {
    try {
      const decision = await this.#span('take', limit.name, () =>
        this.#adapter.take(`${this.#options.service}:${limit.name}:${key}`, limit),
      );
      this.#troubled = false;
      this.#countsOf(limit)[decision.allowed ? 'allowed' : 'refused'] += 1;
      return decision;
    } catch (error) {
      if (!this.#troubled)
        this.#options.log.warn({ err: error }, 'Rate limits cannot be counted at the moment');
      this.#troubled = true;
      this.#countsOf(limit).failed += 1;
      const allowed = limit.onFailure !== 'deny';
      return { allowed, remaining: 0, retryAfter: allowed ? 0 : 1 };
    }
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }

  #countsOf({ name }: NamedLimit): Record<'allowed' | 'refused' | 'failed', number> {
    let counts = this.#decisions.get(name);
    if (counts === undefined) {
      counts = { allowed: 0, refused: 0, failed: 0 };
      this.#decisions.set(name, counts);
    }
    return counts;
  }
}

/** A rate limiter at a URL. @param url The same for all replicas: `postgres://user:password@host:port/limits`, `redis://host:port/0`; or `memory:` */
export async function openRateLimiter(url: URL, options: PortOptions): Promise<RateLimiter> {
  return new RateLimiter(
    await openPort('rate limiter', openersFor(options.adapters?.rateLimit, openers), url, options),
    options,
    systemOf(url),
  );
}
