import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { unavailable } from '../http/problem.ts';
import type { Instance, Registry } from '../registry/index.ts';

export type Balance = 'round_robin' | 'least_conn' | 'ip_hash';

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
  /** `unreachable`: no connection; the instance is skipped for a moment. */
  done(outcome: 'ok' | 'failed' | 'unreachable'): void;
}

interface Load {
  pending: number;
  failures: number;
  /** Epoch milliseconds; skipped before. */
  skippedUntil: number;
  /** For forgetting instances that are gone. */
  seen: number;
}

const SKIP_MS = 500;
const MAX_SKIP_MS = 10_000;

/** Chooses instances of services: for calls between services, and for the gateway's proxy. */
export class InstancePool {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #balance: Balance;
  readonly #loads = new Map<string, Load>();
  readonly #turns = new Map<string, number>();

  constructor(registry: Registry, options: { readonly clock: Clock; readonly balance?: Balance }) {
    this.#registry = registry;
    this.#clock = options.clock;
    this.#balance = options.balance ?? 'least_conn';
  }

  /** @throws ProblemError 503 when the service has no ready instance. */
  async pick(
    service: string,
    { exclude, hashKey, balance = this.#balance }: PickOptions = {},
  ): Promise<Picked> {
    const all = await this.#registry.instances(service);
    const now = this.#clock.now();
    const fresh = all.filter(({ instance }) => exclude?.has(instance) !== true);
    const well = fresh.filter((instance) => (this.#loads.get(key(instance))?.skippedUntil ?? 0) <= now);
    // When all of them seem to be down, guessing beats giving up.
    const candidates = well.length > 0 ? well : fresh.length > 0 ? fresh : all;
    const instance = this.#choose(service, candidates, balance, hashKey);
    if (instance === undefined)
      throw unavailable(`${service} has no ready instance at the moment.`, 1, 'no-instance');
    return this.#take(instance, now);
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

  #take(instance: Instance, now: number): Picked {
    let load = this.#loads.get(key(instance));
    if (load === undefined) {
      load = { pending: 0, failures: 0, skippedUntil: 0, seen: now };
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
        if (outcome === 'unreachable') {
          held.skippedUntil = this.#clock.now() + Math.min(MAX_SKIP_MS, SKIP_MS * 2 ** held.failures);
          held.failures += 1;
        } else if (outcome === 'ok') {
          held.failures = 0;
          held.skippedUntil = 0;
        }
      },
    };
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
