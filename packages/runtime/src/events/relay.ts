import { backoff, pause } from '../backoff.ts';
import type { Logger } from '../log.ts';
import type { MessageStore } from './message-store.ts';
import type { BusAdapter } from './port.ts';
import { Wakeup } from './wakeup.ts';

const BATCH = 200;

/** Moves events from the outbox to the bus: at every commit, and every few seconds for what another process left behind. */
export class OutboxRelay {
  readonly #store: MessageStore;
  readonly #bus: BusAdapter;
  readonly #log: Logger;
  readonly #pollMs: number;
  readonly #wakeup = new Wakeup();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(store: MessageStore, bus: BusAdapter, log: Logger, pollMs: number) {
    this.#store = store;
    this.#bus = bus;
    this.#log = log;
    this.#pollMs = pollMs;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#wakeup.wake();
  }

  /** Relays what is left, once, then ends. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeup.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let read = false;
    for (;;) {
      const last = this.#stop.signal.aborted;
      try {
        read = false;
        const count = await this.#store.relay(BATCH, (messages) => {
          read = true;
          return this.#bus.publish(messages);
        });
        if (failures > 0) this.#log.info('Events are published again');
        failures = 0;
        // Until nothing is left: what other replicas stored meanwhile they could not relay themselves.
        if (last && count === 0) return;
        if (count === 0) await this.#wakeup.wait(this.#pollMs);
      } catch (error) {
        if (last) return;
        failures += 1;
        if (failures === 1)
          this.#log.warn(
            { err: error },
            read
              ? 'Events cannot be published at the moment; the outbox keeps them'
              : 'The outbox cannot be read at the moment; events wait in it',
          );
        await pause(backoff(failures, { base: 100, max: 2_000 }), this.#stop.signal);
      }
    }
  }
}
