import { GroupCommit, Listener, openDatabase, type Database } from '../../database/index.ts';
import type { PortOptions } from '../../port.ts';
import type {
  BusAdapter,
  BusMessage,
  DeadLetter,
  Delivery,
  Lag,
  Settlement,
  Subscriber,
  Subscription,
} from '../port.ts';
import { CHANNEL, Queue } from './queue.ts';
import { ensureBusSchema } from './schema.ts';
import { PostgresSubscriber } from './subscriber.ts';

/** What the bus on PostgreSQL takes beside the common options. */
export interface PostgresBusOptions extends PortOptions {
  /** How long a delivery belongs to a process that gives no sign of life. Default 15 s; living ones extend it. */
  readonly leaseMs?: number;
  /** How often to look for work without a notification. Default 5 s. */
  readonly pollMs?: number;
}

/** Messages that share a commit. */
const MOST_AT_ONCE = 256;
const HOUR = 3_600_000;

class PostgresBus implements BusAdapter {
  readonly #database: Database;
  readonly #options: PostgresBusOptions;
  readonly #url: URL;
  /** Publishes: a commit is a promise. */
  readonly #queue: Queue;
  readonly #commits: GroupCommit<readonly BusMessage[], void>;
  /** Claims and settles: what a crash undoes is delivered again. */
  readonly #work: Database;
  readonly #workQueue: Queue;
  readonly #subscribers = new Set<PostgresSubscriber>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #schema: Promise<void> | undefined;
  #listener: Promise<Listener> | undefined;

  constructor(database: Database, work: Database, url: URL, options: PostgresBusOptions) {
    this.#database = database;
    this.#options = options;
    this.#url = url;
    this.#queue = new Queue(database.db, options.leaseMs ?? 15_000);
    this.#commits = new GroupCommit((calls) => this.#publish(calls.flat()), {
      weigh: (messages) => messages.length,
      most: MOST_AT_ONCE,
    });
    this.#work = work;
    this.#workQueue = new Queue(work.db, options.leaseMs ?? 15_000);
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    if (messages.length > 0) await this.#commits.add(messages);
  }

  async subscribe(
    subscription: Subscription,
    handle: (delivery: Delivery) => Promise<Settlement>,
  ): Promise<Subscriber> {
    const { group, events } = subscription;
    const { instance, log, leaseMs = 15_000, pollMs = 5_000 } = this.#options;
    await this.#prepare();
    await this.#queue.subscribe(group, events, instance);
    this.#listener ??= this.#listen();
    await this.#listener;
    const subscriber = new PostgresSubscriber(this.#workQueue, subscription, handle, {
      owner: instance,
      leaseMs,
      pollMs,
      log,
    });
    subscriber.start();
    this.#subscribers.add(subscriber);
    // Every replica does it at another moment; doing it twice does no harm.
    const maintenance = setInterval(
      () => void this.#maintain(group),
      HOUR * (0.75 + Math.random() / 2),
    ).unref();
    this.#timers.add(maintenance);
    return {
      stop: async () => {
        clearInterval(maintenance);
        this.#subscribers.delete(subscriber);
        await subscriber.stop();
      },
    };
  }

  async deadLetters(group: string, limit: number): Promise<readonly DeadLetter[]> {
    await this.#prepare();
    return await this.#queue.deadLetters(group, limit);
  }

  async replay(group: string, ids?: readonly string[]): Promise<number> {
    await this.#prepare();
    return await this.#queue.replay(group, ids);
  }

  async lag(group: string): Promise<Lag> {
    await this.#prepare();
    return await this.#queue.lag(group);
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#subscribers].map((subscriber) => subscriber.stop()));
    this.#subscribers.clear();
    await (await this.#listener?.catch(() => undefined))?.close();
    await Promise.all([this.#database.close(), this.#work.close()]);
  }

  async #publish(messages: readonly BusMessage[]): Promise<[]> {
    await this.#prepare();
    await this.#queue.publish(messages);
    return [];
  }

  async #prepare(): Promise<void> {
    this.#schema ??= ensureBusSchema(this.#database.db);
    try {
      await this.#schema;
    } catch (error) {
      this.#schema = undefined;
      throw error;
    }
  }

  async #listen(): Promise<Listener> {
    const listener = new Listener(this.#url, [CHANNEL], {
      application: this.#options.instance,
      log: this.#options.log,
      onConnect: () => this.#wake(),
      onNotification: (_, event) => this.#wake(event),
    });
    try {
      await listener.start();
    } catch (error) {
      this.#listener = undefined;
      throw error;
    }
    return listener;
  }

  #wake(event?: string): void {
    for (const subscriber of this.#subscribers) subscriber.wake(event);
  }

  async #maintain(group: string): Promise<void> {
    await this.#queue.maintain(group).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'Old events could not be removed; the next hour tries again');
    });
  }
}

export async function openPostgresBus(url: URL, options: PostgresBusOptions): Promise<BusAdapter> {
  // Small: the statements are short, and every service has this pool besides its own.
  const [database, work] = await Promise.all([
    openDatabase(url, { ...options, max: 1 }),
    openDatabase(url, { ...options, max: 2, durable: false }),
  ]);
  return new PostgresBus(database, work, url, options);
}
