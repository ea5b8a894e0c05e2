import { backoff, pause } from '../backoff.ts';
import type { Logger } from '../log.ts';
import type { MessageStore, RefusedMessage } from './message-store.ts';
import type { BusAdapter, BusMessage } from './port.ts';
import { Wakeup } from './wakeup.ts';

const BATCH = 200;
/** Failures in a row before it is asked whether one of the messages is the reason: some seconds of backing off. */
const PATIENCE = 5;
/** So many without one that is taken, or so long, and the bus is at fault, not they. */
const MOST_REFUSED = 20;
const LONGEST_TRIAL_MS = 10_000;

/**
 * Moves events from the outbox to the bus: at every commit, and every few seconds for what another process left behind. A message
 * that the bus refuses, while it takes others, is set aside, so that it keeps nobody waiting.
 */
export class OutboxRelay {
  readonly #store: MessageStore;
  readonly #bus: BusAdapter;
  readonly #log: Logger;
  readonly #pollMs: number;
  readonly #patience: number;
  readonly #wakeup = new Wakeup();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(store: MessageStore, bus: BusAdapter, log: Logger, pollMs: number, patience = PATIENCE) {
    this.#patience = patience;
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

  /** @param apart Find out which of them the bus does not take. */
  async #publish(messages: readonly BusMessage[], apart: boolean): Promise<readonly RefusedMessage[]> {
    if (!apart) {
      await this.#bus.publish(messages);
      return [];
    }
    const refused = new Map<BusMessage, unknown>();
    const startedAt = performance.now();
    let taken = 0;
    for (const message of messages) {
      try {
        await this.#bus.publish([message]);
        taken += 1;
      } catch (error) {
        refused.set(message, error);
        const enough = refused.size >= MOST_REFUSED || performance.now() - startedAt > LONGEST_TRIAL_MS;
        // A bus that takes nothing at all is away, or full: then no message is to blame.
        if (taken === 0 && (enough || refused.size === messages.length)) throw error;
      }
    }
    // Whoever failed before the bus came back has another chance, now that it takes others.
    for (const message of [...refused.keys()])
      await this.#bus.publish([message]).then(
        () => refused.delete(message),
        (error: unknown) => refused.set(message, error),
      );
    for (const [{ id, name }, error] of refused)
      this.#log.error(
        { err: error, event: { id, name } },
        'The bus refuses an event: it is set aside in outbox_dead',
      );
    return [...refused].map(([{ id }, error]) => ({
      id,
      reason: String((error as Error).message ?? error).slice(0, 1_000),
    }));
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
          return this.#publish(messages, failures >= this.#patience);
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
