import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, pause } from '../../backoff.ts';
import { outsideContext } from '../../context.ts';
import type { PortOptions } from '../../port.ts';
import type { Instance } from '../port.ts';
import type { ConsulApi } from './api.ts';

const WAIT_MS = 55_000;
/** How long the first question may keep a request waiting. */
const FIRST_MS = 2_000;

/**
 * Follows the instances of one service with blocking queries: each is answered when something changed. While Consul is away the
 * last list stays. After it was away, or lost its memory, instances that it does not name any more stay for `grace` milliseconds:
 * those that live tell it so within that time, and the ones that died are left out by whoever calls them.
 */
export class Followed {
  readonly #api: ConsulApi;
  readonly #service: string;
  readonly #options: PortOptions;
  readonly #grace: number;
  readonly #changed: () => void;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  #instances: readonly Instance[] = [];
  /** Resolves with the first answer, or when that is not worth waiting for. */
  #first: Promise<void> | undefined;

  constructor(
    api: ConsulApi,
    service: string,
    options: PortOptions,
    { grace, changed }: { grace: number; changed: () => void },
  ) {
    this.#api = api;
    this.#service = service;
    this.#options = options;
    this.#grace = grace;
    this.#changed = changed;
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    this.#running = outsideContext(() => this.#run(resolve));
    this.#first = Promise.race([
      answered,
      sleep(FIRST_MS, undefined, { ref: false, signal: this.#end.signal }).catch(() => undefined),
    ]).then(() => {
      this.#first = undefined;
    });
  }

  async instances(): Promise<readonly Instance[]> {
    if (this.#first !== undefined) await this.#first;
    return this.#instances;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(answered: () => void): Promise<void> {
    const { signal } = this.#end;
    let index = 0;
    let failures = 0;
    /** performance.now() until which nobody is forgotten. */
    let graceUntil = 0;
    while (!signal.aborted) {
      const left = graceUntil - performance.now(); // the query ends with the grace, and then says who is really there
      const wait = left > 0 ? Math.min(WAIT_MS, Math.ceil(left)) : WAIT_MS;
      try {
        const answer = await this.#api.healthy(this.#service, { index, wait, signal });
        // An index that went back is of another history.
        const lost = answer.index < index;
        if (failures > 0 || lost) graceUntil = performance.now() + this.#grace;
        if (failures > 0) this.#options.log.info({ service: this.#service }, 'Consul answers again');
        failures = 0;
        index = lost ? 0 : answer.index;
        this.#take(answer.instances, performance.now() < graceUntil);
        answered();
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        // It may come back with another history, and would let a number from ours wait.
        index = 0;
        if (failures === 1)
          this.#options.log.warn(
            { err: error, service: this.#service },
            'Consul does not answer; the last list of instances stays in use',
          );
        await pause(backoff(failures, { base: 200, max: 5_000 }), signal);
      }
    }
  }

  #take(named: readonly Instance[], holdBack: boolean): void {
    // One that registered with several agents, as behind a load balancer, is there more than once.
    const known = new Map(holdBack ? this.#instances.map((one) => [one.instance, one]) : []);
    for (const one of named) known.set(one.instance, one);
    const next = [...known.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1));
    if (JSON.stringify(next) === JSON.stringify(this.#instances)) return;
    this.#instances = next;
    this.#changed();
  }
}
