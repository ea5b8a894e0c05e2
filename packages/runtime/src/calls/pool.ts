import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { unavailable } from '../http/problem.ts';
import type { Instance, Registry } from '../registry/index.ts';

/** How an instance is chosen; `least_conn`: the one with the fewest pending requests. */
export type Balance = 'round_robin' | 'least_conn' | 'ip_hash';

/** Which instances may be chosen. */
export interface PickOptions {
  /** Instances that were tried already; taken again only when there is no other. */
  readonly exclude?: ReadonlySet<string> | undefined;
  /** For `ip_hash`: equal keys go to the same instance as long as it is there. */
  readonly hashKey?: string | undefined;
  /** Default: the pool's. */
  readonly balance?: Balance | undefined;
}

/** One request's use of an instance. Call `done` exactly once, whatever happened. */
export interface Picked {
  readonly instance: Instance;
  /** `http://127.0.0.1:4001` */
  readonly origin: string;
  /**
   * `unreachable`: no connection; the instance is left out for a moment. `failed`: no answer, or one from 500 on; after several
   * in a row it is an outlier. `unknown`: says nothing about it, as when the caller gave up.
   */
  done(outcome: Outcome): void;
}

/** How a request to an instance ended; `unknown`: says nothing of the instance. */
export type Outcome = 'ok' | 'failed' | 'unreachable' | 'unknown';

export interface PoolOptions {
  readonly clock: Clock;
  readonly balance?: Balance | undefined;
  readonly metrics?: PoolMetrics | undefined;
}

export interface PoolMetrics {
  /** An instance is left out for a time. */
  ejected(service: string, why: 'unreachable' | 'failing'): void;
  /** @param read How many instances of each service are left out now; asked at every scrape. */
  leftOut(read: () => ReadonlyMap<string, number>): void;
}

interface Load {
  readonly service: string;
  pending: number;
  /** Connections refused since the last answer. */
  refusals: number;
  /** Failures in a row. */
  failures: number;
  /** Times it was an outlier, without an answer in between that was none. */
  ejections: number;
  /** Epoch milliseconds; left out before. */
  leftOutUntil: number;
  /** For forgetting instances that are gone. */
  seen: number;
}

/** After a refused connection, doubled each time; in milliseconds. */
const REFUSED_MS = 500;
const MAX_REFUSED_MS = 10_000;
/** Failures in a row that make an outlier, and how long it is left out, doubled each time: as Envoy does it, but sooner back. */
const OUTLIER_FAILURES = 5;
const OUTLIER_MS = 5_000;
const MAX_OUTLIER_MS = 60_000;

/** Chooses instances of services: for calls between services, and for the gateway's proxy. */
export class InstancePool {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #balance: Balance;
  readonly #metrics: PoolMetrics | undefined;
  readonly #loads = new Map<string, Load>();
  readonly #turns = new Map<string, number>();

  constructor(registry: Registry, { clock, balance = 'least_conn', metrics }: PoolOptions) {
    this.#registry = registry;
    this.#clock = clock;
    this.#balance = balance;
    this.#metrics = metrics;
    metrics?.leftOut(() => this.#leftOut());
  }

  /** @throws ProblemError 503 when the service has no ready instance. */
  async pick(
    service: string,
    { exclude, hashKey, balance = this.#balance }: PickOptions = {},
  ): Promise<Picked> {
    const all = await this.#registry.instances(service);
    const now = this.#clock.now();
    const fresh = all.filter(({ instance }) => exclude?.has(instance) !== true);
    const well = fresh.filter((instance) => (this.#loads.get(key(instance))?.leftOutUntil ?? 0) <= now);
    // When all of them seem to be down, guessing beats giving up.
    const candidates = well.length > 0 ? well : fresh.length > 0 ? fresh : all;
    const instance = this.#choose(service, candidates, balance, hashKey);
    if (instance === undefined)
      throw unavailable(`${service} has no ready instance at the moment.`, 1, 'no-instance');
    return this.#take(service, instance, all, now);
  }

  #choose(
    service: string,
    candidates: readonly Instance[],
    balance: Balance,
    hashKey: string | undefined,
  ): Instance | undefined {
    if (candidates.length <= 1) return candidates[0];
    if (balance === 'ip_hash' && hashKey !== undefined) return rendezvous(candidates, hashKey);
    const turn = ((this.#turns.get(service) ?? -1) + 1) % 0x7fff_ffff;
    this.#turns.set(service, turn);
    const rotated = candidates.map((_, index) => candidates[(turn + index) % candidates.length] as Instance);
    if (balance !== 'least_conn') return rotated[0];
    const pending = (instance: Instance) => this.#loads.get(key(instance))?.pending ?? 0;
    // Equal loads take turns, so that an idle system spreads its requests too.
    return rotated.reduce((best, instance) => (pending(instance) < pending(best) ? instance : best));
  }

  #take(service: string, instance: Instance, all: readonly Instance[], now: number): Picked {
    let load = this.#loads.get(key(instance));
    if (load === undefined) {
      load = { service, pending: 0, refusals: 0, failures: 0, ejections: 0, leftOutUntil: 0, seen: now };
      this.#loads.set(key(instance), load);
      this.#forget(now);
    }
    load.pending += 1;
    load.seen = now;
    const held = load;
    let open = true;
    return {
      instance,
      origin: `http://${instance.host.includes(':') ? `[${instance.host}]` : instance.host}:${instance.port}`,
      done: (outcome) => {
        if (!open) return;
        open = false;
        held.pending -= 1;
        this.#judge(held, outcome, all);
      },
    };
  }

  #judge(load: Load, outcome: Outcome, all: readonly Instance[]): void {
    if (outcome === 'unknown') return;
    if (outcome === 'ok') {
      load.refusals = 0;
      load.failures = 0;
      load.ejections = 0;
      load.leftOutUntil = 0;
    } else if (outcome === 'unreachable') {
      this.#leaveOut(load, Math.min(MAX_REFUSED_MS, REFUSED_MS * 2 ** load.refusals), 'unreachable');
      load.refusals += 1;
    } else {
      load.failures += 1;
      if (load.failures < OUTLIER_FAILURES || !this.#mayEject(all)) return;
      load.failures = 0;
      this.#leaveOut(load, Math.min(MAX_OUTLIER_MS, OUTLIER_MS * 2 ** load.ejections), 'failing');
      load.ejections += 1;
    }
  }

  /** Where most fail, it is not the instance: the others would only get all of its load. */
  #mayEject(all: readonly Instance[]): boolean {
    const now = this.#clock.now();
    const out = all.filter((instance) => (this.#loads.get(key(instance))?.leftOutUntil ?? 0) > now).length;
    return (out + 1) * 2 <= all.length;
  }

  #leaveOut(load: Load, milliseconds: number, why: 'unreachable' | 'failing'): void {
    load.leftOutUntil = this.#clock.now() + milliseconds;
    this.#metrics?.ejected(load.service, why);
  }

  #leftOut(): ReadonlyMap<string, number> {
    const now = this.#clock.now();
    const counts = new Map<string, number>();
    for (const { service, leftOutUntil } of this.#loads.values())
      counts.set(service, (counts.get(service) ?? 0) + (leftOutUntil > now ? 1 : 0));
    return counts;
  }

  #forget(now: number): void {
    for (const [name, load] of this.#loads) {
      if (load.pending === 0 && load.seen < now - 600_000) this.#loads.delete(name);
    }
  }
}

const key = ({ host, port }: Instance): string => `${host}:${port}`;

/** Highest random weight: when instances come or go, only their share of the keys moves. */
function rendezvous(candidates: readonly Instance[], hashKey: string): Instance {
  const weight = ({ instance }: Instance) => hash('sha1', `${hashKey}\n${instance}`);
  const weighted = candidates.map((instance) => ({ instance, weight: weight(instance) }));
  return weighted.reduce((best, next) => (next.weight > best.weight ? next : best)).instance;
}
