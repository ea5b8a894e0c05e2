import { isIPv6 } from 'node:net';
import { backoff, pause } from '../../backoff.ts';
import type { PortOptions } from '../../port.ts';
import type { Announcement } from '../port.ts';
import type { ConsulApi, Entry } from './api.ts';

/** How long Consul believes in an instance that says nothing; it says something three times in between. */
export const TTL_MS = 15_000;
const RENEW_MS = 5_000;
/** Callers wait for it: look more often. */
const UNREADY_MS = 1_000;
const ANSWER_MS = 2_000;

/** Keeps one instance in Consul: registers it, renews its check, and registers it anew when Consul has forgotten it. */
export class Presence {
  readonly #api: ConsulApi;
  readonly #self: Announcement;
  readonly #options: PortOptions;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #entry: Entry | undefined;
  #leaving: Promise<void> | undefined;

  constructor(api: ConsulApi, self: Announcement, options: PortOptions) {
    this.#api = api;
    this.#self = self;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Bounded by two seconds; an entry that cannot be removed runs out by itself. */
  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  async #leave(): Promise<void> {
    this.#end.abort();
    await this.#running;
    if (this.#entry === undefined) return;
    try {
      await this.#api.deregister(this.#entry.id, AbortSignal.timeout(ANSWER_MS));
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Consul still lists this instance, until its check runs out');
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    let registered = false;
    let failures = 0;
    while (!signal.aborted) {
      const ready = await this.#self.ready().catch(() => false);
      if (signal.aborted) return;
      const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      try {
        if (registered) await this.#api.renew((this.#entry as Entry).id, ready, patience);
        else {
          this.#entry ??= await this.#describe();
          await this.#api.register(this.#entry, ready, TTL_MS, patience);
          this.#options.log.info({ entry: this.#entry.id }, 'registered in Consul');
          registered = true;
        }
        failures = 0;
        await pause((ready ? RENEW_MS : UNREADY_MS) * (0.8 + Math.random() / 5), signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        // Unreachable, or without knowledge of this entry: registering anew is right in both cases, and harmless in any other.
        if (failures === 1)
          this.#options.log.warn({ err: error }, 'Consul does not know this instance; registering it again');
        registered = false;
        await pause(failures === 1 ? 0 : backoff(failures, { base: 200, max: RENEW_MS }), signal);
      }
    }
  }

  async #describe(): Promise<Entry> {
    const { service, instance, port } = this.#self;
    const host = this.#self.host ?? (await this.#api.localAddress());
    // Replicas of a container may all call themselves #1: the address tells them apart, also over a restart.
    const id = `${instance}@${isIPv6(host) ? `[${host}]` : host}:${port}`;
    return { id, service, instance, host, port };
  }
}
