import { backoff, pause } from '../../backoff.ts';
import type { Logger } from '../../log.ts';
import type { Delivery, Settlement, Subscriber, Subscription } from '../port.ts';
import type { Leased, Queue, Settled } from './queue.ts';
import { Wakeup } from '../wakeup.ts';

export interface SubscriberOptions {
  readonly owner: string;
  readonly leaseMs: number;
  /** How often to look without having been woken. */
  readonly pollMs: number;
  readonly log: Logger;
}

/**
 * One group member: takes deliveries ahead into a small buffer, runs up to `concurrency` handlers, keeps the leases of
 * all of them alive, and settles finished ones together.
 */
export class PostgresSubscriber implements Subscriber {
  readonly #queue: Queue;
  readonly #subscription: Subscription;
  readonly #handle: (delivery: Delivery) => Promise<Settlement>;
  readonly #options: SubscriberOptions;
  readonly #wakeup = new Wakeup();
  readonly #stop = new AbortController();
  readonly #held = new Map<number, Leased>();
  readonly #handlers = new Set<Promise<void>>();
  #buffer: Leased[] = [];
  #done: Settled[] = [];
  #flushing: Promise<void> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #loop: Promise<void> | undefined;

  constructor(
    queue: Queue,
    subscription: Subscription,
    handle: (delivery: Delivery) => Promise<Settlement>,
    options: SubscriberOptions,
  ) {
    this.#queue = queue;
    this.#subscription = subscription;
    this.#handle = handle;
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
    this.#heartbeat = setInterval(() => void this.#extend(), this.#options.leaseMs / 3);
    this.#heartbeat.unref();
  }

  /** Something may be waiting. */
  wake(event?: string): void {
    if (event === undefined || this.#subscription.events.includes(event)) this.#wakeup.wake();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeup.wake();
    await this.#loop;
    const unused = this.#buffer.splice(0);
    for (const { seq } of unused) this.#held.delete(seq);
    if (unused.length > 0) await this.#queue.release(this.#subscription.group, unused).catch(() => undefined);
    await Promise.all(this.#handlers);
    await this.#flushing;
    clearInterval(this.#heartbeat);
  }

  async #run(): Promise<void> {
    const { concurrency, group, events } = this.#subscription;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      this.#begin();
      const ahead = concurrency * 4;
      if (this.#buffer.length >= concurrency) {
        await this.#wakeup.wait(this.#options.pollMs);
        continue;
      }
      try {
        const asked = ahead - this.#buffer.length;
        const leased = await this.#queue.claim(group, events, this.#options.owner, asked);
        failures = 0;
        for (const item of leased) this.#held.set(item.seq, item);
        this.#buffer.push(...leased);
        this.#begin();
        if (leased.length < asked) await this.#wakeup.wait(this.#options.pollMs);
      } catch (error) {
        failures += 1;
        if (failures === 1) this.#options.log.warn({ err: error }, 'Events cannot be read at the moment');
        await pause(backoff(failures, { base: 100, max: 1_000 }), this.#stop.signal);
      }
    }
  }

  #begin(): void {
    while (!this.#stop.signal.aborted && this.#handlers.size < this.#subscription.concurrency) {
      const next = this.#buffer.shift();
      if (next === undefined) return;
      const handler = this.#work(next).finally(() => {
        this.#handlers.delete(handler);
        // Room for another one; the loop also looks for more when the buffer runs low.
        if (this.#buffer.length > 0 || this.#handlers.size === 0) this.#wakeup.wake();
      });
      this.#handlers.add(handler);
    }
  }

  async #work(item: Leased): Promise<void> {
    const { group } = this.#subscription;
    const settlement = await this.#handle({ message: item.message, attempt: item.attempt });
    if (settlement.kind === 'done') {
      await this.#finish(item);
    } else if (settlement.kind === 'dead') {
      await this.#persist(() => this.#queue.bury(group, item, settlement.reason));
    } else {
      await this.#persist(() => this.#queue.retry(group, item, settlement.delayMs));
      setTimeout(() => this.#wakeup.wake(), settlement.delayMs + 5).unref();
    }
    // It came again when its lease had ended: then that one is still at work.
    if (this.#held.get(item.seq) === item) this.#held.delete(item.seq);
  }

  /** Whatever finished while the last statement ran goes into the next one. */
  async #finish(item: Leased): Promise<void> {
    this.#done.push(item);
    while (this.#flushing !== undefined) await this.#flushing;
    if (!this.#done.includes(item)) return;
    this.#flushing = this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    const items = this.#done;
    this.#done = [];
    await this.#persist(() => this.#queue.finish(this.#subscription.group, items));
  }

  /** Tries again while the server is away; gives up at the stop, and then the lease ends by itself. */
  async #persist(write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await write();
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) {
          this.#options.log.warn(
            { err: error },
            'A handled event could not be settled; it will be delivered again',
          );
          return;
        }
        await pause(backoff(attempt, { base: 50, max: 1_000 }), this.#stop.signal);
      }
    }
  }

  async #extend(): Promise<void> {
    if (this.#held.size === 0) return;
    await this.#queue.extend(this.#subscription.group, [...this.#held.values()]).catch(() => undefined);
  }
}
