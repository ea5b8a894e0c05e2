import type { Channel, ConsumeMessage } from 'amqplib';
import { backoff, pause } from '../../backoff.ts';
import type { Logger } from '../../log.ts';
import type { BusMessage, Delivery, Settlement, Subscriber, Subscription } from '../port.ts';
import { replaceBindings } from './bindings.ts';
import type { Connection } from './connection.ts';
import { decode, encode, propertiesOf, type Fate, type Received } from './message.ts';
import type { Publisher } from './publisher.ts';
import { Recent } from './recent.ts';
import { declareExchange, declareGroup, LONGEST_WAIT, type Topology } from './topology.ts';

/** Lets the handled ones that come again be known, as long as this process lives. */
const REMEMBERED = 10_000;

/**
 * While a new version of a service replaces another one, a member may get what only the others know. It passes that on,
 * at this pace and so often, before it takes it for something that nobody handles.
 */
const HOP_MS = 5_000;
const HOPS = 24;

interface Held {
  readonly channel: Channel;
  readonly raw: ConsumeMessage;
  readonly received: Received;
}

/**
 * One group member: takes deliveries ahead into a small buffer, runs up to `concurrency` handlers, and acknowledges each
 * when it is settled: a retry or a dead letter is a confirmed copy in another queue first. What a lost channel leaves
 * unacknowledged the broker delivers again; handlers that ran meanwhile are not begun a second time.
 */
export class AmqpSubscriber implements Subscriber {
  readonly #connection: Connection;
  readonly #publisher: Publisher;
  readonly #topology: Topology;
  readonly #subscription: Subscription;
  readonly #handle: (delivery: Delivery) => Promise<Settlement>;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  readonly #done = new Recent(REMEMBERED);
  readonly #running = new Map<string, Promise<Settlement>>();
  readonly #held = new Set<Held>();
  readonly #alive = new Set<Channel>();
  readonly #work = new Set<Promise<void>>();
  #buffer: Held[] = [];
  #current: { readonly channel: Channel; readonly tag: string } | undefined;
  #loop: Promise<void> | undefined;

  constructor(
    connection: Connection,
    publisher: Publisher,
    topology: Topology,
    subscription: Subscription,
    handle: (delivery: Delivery) => Promise<Settlement>,
    log: Logger,
  ) {
    this.#connection = connection;
    this.#publisher = publisher;
    this.#topology = topology;
    this.#subscription = subscription;
    this.#handle = handle;
    this.#log = log;
  }

  /** What this member has in hand: how many, and when the oldest was published, in milliseconds. */
  get held(): { readonly count: number; readonly oldest: number } {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { received } of this.#held) oldest = Math.min(oldest, received.publishedAt ?? oldest);
    return { count: this.#held.size, oldest };
  }

  get group(): string {
    return this.#subscription.group;
  }

  /** Resolves when deliveries may come; later channels are opened in the background. */
  async start(): Promise<void> {
    this.#loop = this.#keep(await this.#attach({ first: true }));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const current = this.#current;
    await current?.channel.cancel(current.tag).catch(() => undefined);
    for (const item of this.#buffer.splice(0)) this.#release(item);
    await Promise.all(this.#work);
    await current?.channel.close().catch(() => undefined);
    await this.#loop;
  }

  /** `gone` resolves when this channel is. */
  async #attach({ first }: { first: boolean }): Promise<{ gone: Promise<void> }> {
    const { group, events, concurrency } = this.#subscription;
    const queue = this.#topology.work(group);
    const channel = await this.#connection.channel();
    const gone = new Promise<void>((resolve) => {
      channel.once('close', () => {
        this.#forget(channel);
        resolve();
      });
    });
    this.#alive.add(channel);
    try {
      await declareExchange(channel, this.#topology);
      await declareGroup(channel, this.#topology, group);
      for (const event of events) await channel.bindQueue(queue, this.#topology.exchange, event);
      // A member that only comes back may be older than what others asked for meanwhile.
      if (first) await replaceBindings(channel, this.#publisher, this.#topology, group, events);
      await channel.prefetch(concurrency * 2);
      const { consumerTag } = await channel.consume(queue, (raw) => {
        // Null: somebody deleted the queue. The next channel declares it again.
        if (raw === null) void channel.close().catch(() => undefined);
        else this.#receive({ channel, raw, received: decode(raw) });
      });
      this.#current = { channel, tag: consumerTag };
      // A stop that came meanwhile did not know of this consumer: it would be sent what it gives back, again and again.
      if (this.#stop.signal.aborted) throw new Error('stopped');
    } catch (error) {
      await channel.close().catch(() => undefined);
      throw error;
    }
    return { gone };
  }

  async #keep(first: { gone: Promise<void> }): Promise<void> {
    let attached: { gone: Promise<void> } | undefined = first;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      if (attached !== undefined) await attached.gone;
      if (this.#stop.signal.aborted) return;
      try {
        attached = await this.#attach({ first: false });
        failures = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        attached = undefined;
        failures += 1;
        if (failures === 1) this.#log.warn({ err: error }, 'Events cannot be read at the moment');
        await pause(backoff(failures, { base: 100, max: 1_000 }), this.#stop.signal);
      }
    }
  }

  #forget(channel: Channel): void {
    this.#alive.delete(channel);
    for (const item of this.#buffer) if (item.channel === channel) this.#held.delete(item);
    this.#buffer = this.#buffer.filter((item) => item.channel !== channel);
    if (this.#current?.channel === channel) this.#current = undefined;
  }

  #receive(item: Held): void {
    this.#held.add(item);
    if (this.#stop.signal.aborted) {
      this.#release(item);
      return;
    }
    this.#buffer.push(item);
    this.#begin();
  }

  #begin(): void {
    while (!this.#stop.signal.aborted && this.#work.size < this.#subscription.concurrency) {
      const next = this.#buffer.shift();
      if (next === undefined) return;
      const work = this.#process(next).finally(() => {
        this.#work.delete(work);
        this.#held.delete(next);
        this.#begin();
      });
      this.#work.add(work);
    }
  }

  async #process(item: Held): Promise<void> {
    const { id } = item.received.message;
    const settlement: Settlement = this.#done.has(id) ? { kind: 'done' } : await this.#decide(item.received);
    if (settlement.kind === 'done') this.#done.add(id);
    await this.#settle(item, settlement);
  }

  /** One decision per message: a second delivery of one that is being handled shares it. */
  async #decide(received: Received): Promise<Settlement> {
    const { message, malformed } = received;
    if (malformed !== undefined) return { kind: 'dead', reason: `not an event: ${malformed}` };
    if (this.#isForeign(received)) return { kind: 'retry', delayMs: HOP_MS, reason: 'passed on' };
    let running = this.#running.get(message.id);
    if (running === undefined) {
      running = this.#handle({ message, attempt: received.attempt }).finally(() =>
        this.#running.delete(message.id),
      );
      this.#running.set(message.id, running);
    }
    return await running;
  }

  #isForeign({ message, hops }: Received): boolean {
    return hops < HOPS && !this.#subscription.events.includes(message.name);
  }

  /** Tries again while the broker refuses; once the channel is lost, the message comes again by itself. */
  async #settle(item: Held, settlement: Settlement): Promise<void> {
    for (let failures = 1; this.#alive.has(item.channel); failures += 1) {
      try {
        if (settlement.kind !== 'done') await this.#move(item.received, settlement);
        if (this.#alive.has(item.channel)) item.channel.ack(item.raw);
        return;
      } catch (error) {
        this.#log.warn({ err: error }, 'A handled event could not be settled');
        if (this.#stop.signal.aborted) {
          this.#release(item);
          return;
        }
        await pause(backoff(failures, { base: 50, max: 1_000 }), this.#stop.signal);
      }
    }
  }

  #move(received: Received, settlement: Exclude<Settlement, { kind: 'done' }>): Promise<void> {
    const { message, attempt, hops, publishedAt = Date.now() } = received;
    const { group } = this.#subscription;
    if (settlement.kind === 'dead') {
      const fate = { attempts: attempt, reason: settlement.reason, diedAt: new Date().toISOString() };
      return this.#copy(this.#topology.dead(group), message, publishedAt, fate);
    }
    const fate = this.#isForeign(received)
      ? { attempts: attempt - 1, hops: hops + 1 }
      : { attempts: attempt };
    const delayMs = Math.min(Math.max(Math.round(settlement.delayMs), 0), LONGEST_WAIT);
    return this.#copy(this.#topology.retry(group, delayMs), message, publishedAt, fate, delayMs);
  }

  #copy(key: string, message: BusMessage, publishedAt: number, fate: Fate, delayMs?: number): Promise<void> {
    const properties = propertiesOf(message, publishedAt, fate);
    const expiration = delayMs === undefined ? {} : { expiration: String(delayMs) };
    return this.#publisher.publish([
      {
        exchange: '',
        key,
        content: encode(message),
        properties: { ...properties, ...expiration, mandatory: true },
      },
    ]);
  }

  /** Gives it back to the group. */
  #release(item: Held): void {
    this.#held.delete(item);
    if (this.#alive.has(item.channel)) item.channel.nack(item.raw, false, true);
  }
}
