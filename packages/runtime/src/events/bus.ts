import { randomUUIDv7 } from 'node:crypto';
import type { z } from 'zod';
import { backoff, pause } from '../backoff.ts';
import { currentContext } from '../context.ts';
import { isUnreachable } from '../database/failures.ts';
import type { Port, PortOptions } from '../port.ts';
import { publishing } from '../telemetry/events.ts';
import { formatTraceParent } from '../telemetry/trace-context.ts';
import type { Consumer, Contracts } from './contracts.ts';
import { dispatcher } from './dispatch.ts';
import type { MessageStore, StoreTx } from './message-store.ts';
import { eventMetrics, type EventMetrics } from './metrics.ts';
import type { BusAdapter, BusMessage, DeadLetter, Subscriber } from './port.ts';
import { OutboxRelay } from './relay.ts';

/** What an event bus works with. */
export interface EventsOptions<C extends Contracts = Contracts> extends PortOptions {
  readonly contracts: C;
  /** The service's own store, for outbox and inbox. Without one events go straight to the bus, and may be handled twice. */
  readonly store?: MessageStore | undefined;
  /** How often the outbox is looked at without a commit in this process, in milliseconds. Default 5,000. */
  readonly outboxPollMs?: number;
  /** What spans call the bus: `rabbitmq`. Default: `unknown`. */
  readonly system?: string;
}

/** How a group of consumers works. */
export interface ConsumeOptions {
  /** Handlers at once; default 4: each holds a connection of the service's pool. */
  readonly concurrency?: number;
  /** Default 12, which takes about five minutes. */
  readonly attempts?: number;
  /** Pause before the second attempt, and the longest, in milliseconds. Default 500 and 60,000. */
  readonly retry?: { readonly base: number; readonly max: number };
}

/** Events of one service: typed by contracts, checked on both ways, once per consumer group. */
export class EventBus<C extends Contracts = Contracts> implements Port {
  readonly #adapter: BusAdapter;
  readonly #options: EventsOptions<C>;
  readonly #metrics: EventMetrics;
  readonly #relay: OutboxRelay | undefined;
  readonly #expiry: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();
  #subscriber: Subscriber | undefined;
  /** Goes on trying to subscribe, while the broker is away. */
  #subscribing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(adapter: BusAdapter, options: EventsOptions<C>) {
    const { store, log, outboxPollMs = 5_000 } = options;
    this.#adapter = adapter;
    this.#options = options;
    this.#metrics = eventMetrics(options.metrics, options.service, adapter, store);
    if (store !== undefined) {
      this.#relay = new OutboxRelay(store, adapter, log, outboxPollMs);
      this.#relay.start();
      // Longer than any event can be in flight; a bounded inbox is a small one.
      this.#expiry = setInterval(() => void store.expire(30).catch(() => undefined), 6 * 3_600_000).unref();
    }
  }

  /**
   * With `tx` the event exists if and only if the transaction commits. Resolves when it is durable; it arrives later.
   * @throws ZodError when the payload breaks the contract, TypeError without a contract.
   */
  async publish<K extends keyof C & string>(name: K, payload: z.input<C[K]>, tx?: StoreTx): Promise<void> {
    const { contracts, system = 'unknown' } = this.#options;
    const schema = contracts[name];
    if (schema === undefined)
      throw new TypeError(
        `There is no contract for the event “${name}”. Known: ${Object.keys(contracts).join(', ')}.`,
      );
    const checked = schema.parse(payload);
    await publishing(system, name, () => this.#send(name, checked, tx));
    this.#metrics.published(name);
  }

  async #send(name: string, payload: unknown, tx: StoreTx | undefined): Promise<void> {
    const { store, service, clock } = this.#options;
    const message: BusMessage = {
      id: randomUUIDv7(),
      name,
      source: service,
      payload,
      headers: contextHeaders(),
      occurredAt: new Date(clock.now()).toISOString(),
    };
    if (store === undefined) {
      await this.#adapter.publish([message]);
    } else {
      // The store is the service's own, and so is the transaction of a request.
      const within = tx ?? currentContext()?.transaction?.tx;
      await store.append([message], within);
      if (within === undefined) this.#relay?.wake();
      else store.afterCommit(within, () => this.#relay?.wake());
    }
  }

  /**
   * Call once, with all consumers of the service. Events are kept for the service from then on, also while it is down. With a
   * bus or a store that is away it resolves, and the service begins to consume when they are there: `check` fails until then.
   */
  async consume(consumers: readonly Consumer[], options: ConsumeOptions = {}): Promise<void> {
    if (consumers.length === 0) return;
    if (this.#subscriber !== undefined || this.#subscribing !== undefined)
      throw new TypeError('consume() was called before: hand over all consumers at once.');
    const events = consumers.map(({ event }) => event);
    const twice = events.find((event, index) => events.indexOf(event) !== index);
    if (twice !== undefined) throw new TypeError(`“${twice}” has two consumers: let one call the other.`);
    const { service, log, store, tracer, system = 'unknown' } = this.#options;
    const handle = dispatcher(consumers, {
      group: service,
      attempts: options.attempts ?? 12,
      retry: options.retry ?? { base: 500, max: 60_000 },
      log,
      metrics: this.#metrics,
      store,
      tracer,
      system,
    });
    const subscription = { group: service, events: events.sort(), concurrency: options.concurrency ?? 4 };
    const subscribe = async () => {
      await store?.prepare();
      this.#subscriber = await this.#adapter.subscribe(subscription, handle);
    };
    try {
      await subscribe();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      log.warn({ err: error }, 'Events cannot be read yet: the bus or the store is away');
      this.#subscribing = this.#keepTrying(subscribe).finally(() => (this.#subscribing = undefined));
    }
  }

  deadLetters(limit = 100): Promise<readonly DeadLetter[]> {
    return this.#adapter.deadLetters(this.#options.service, limit);
  }

  /** Handles dead letters again: all, or the named ones. @returns how many. */
  replay(ids?: readonly string[]): Promise<number> {
    return this.#adapter.replay(this.#options.service, ids);
  }

  async check(): Promise<void> {
    await this.#adapter.check?.();
    if (this.#subscribing !== undefined) throw new Error('Events are not read yet.');
  }

  /** Takes no new events and waits for the handlers that run. Publishing goes on. */
  async stopConsuming(): Promise<void> {
    this.#stopping.abort();
    await this.#subscribing;
    await this.#subscriber?.stop();
    this.#subscriber = undefined;
  }

  /** Stops consuming, relays what is in the outbox, disconnects. The service's store is closed after this. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #keepTrying(subscribe: () => Promise<void>): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures += 1) {
      await pause(backoff(failures, { base: 200, max: 5_000 }), signal);
      try {
        if (!signal.aborted) await subscribe();
        return;
      } catch (error) {
        // What the bus itself refuses now is for an operator to see; a newer version of the bus may take it.
        if (!isUnreachable(error)) log.error({ err: error }, 'Events cannot be read');
      }
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#expiry);
    await this.stopConsuming();
    await this.#relay?.stop();
    await this.#adapter.close();
  }
}

function contextHeaders(): Record<string, string> {
  const context = currentContext();
  if (context === undefined) return {};
  return { traceparent: formatTraceParent(context), 'x-request-id': context.requestId };
}
