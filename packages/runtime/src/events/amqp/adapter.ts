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
import { amqpAddress } from './address.ts';
import { Connection } from './connection.ts';
import { DeadLetters } from './dead-letters.ts';
import { encode, propertiesOf } from './message.ts';
import { Publisher } from './publisher.ts';
import { AmqpSubscriber } from './subscriber.ts';
import { topologyOf, type Topology } from './topology.ts';

/** What RabbitMQ takes beside the common options. */
export interface AmqpBusOptions extends PortOptions {
  /** How long deliveries belong to a machine that gives no sign of life; those of a dead process come back at once. Default 15 s, at least 10. */
  readonly leaseMs?: number;
  /** How long a publish waits for the broker's confirm. Default 10 s. */
  readonly confirmMs?: number;
  /** How long it waits for a connection that is being made again. Default 5 s. */
  readonly reconnectMs?: number;
}

/**
 * RabbitMQ 3.10 or newer, 4 included. What differs from the contract: a publish of several messages that fails may have
 * published some of them. A repeated id is recognised where it was handled, among the last 10,000 and while that process
 * lives; inboxes recognise all. What the broker takes back from a lost connection counts as an attempt, also when no
 * handler had begun; what a member gives back when it stops does before RabbitMQ 4.3. The work that other members have in hand is not part of `lag`, and its age is that of the oldest
 * event in this process.
 */
class AmqpBus implements BusAdapter {
  readonly #connection: Connection;
  readonly #options: AmqpBusOptions;
  readonly #topology: Topology;
  readonly #publisher: Publisher;
  readonly #deadLetters: DeadLetters;
  readonly #subscribers = new Set<AmqpSubscriber>();
  /** Groups without queues, by when to ask again: brokers log every question for what is not there. */
  readonly #absent = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(connection: Connection, topology: Topology, options: AmqpBusOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#topology = topology;
    this.#publisher = new Publisher(connection, topology, options.confirmMs ?? 10_000);
    this.#deadLetters = new DeadLetters(connection, this.#publisher, topology);
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const { exchange } = this.#topology;
    const now = Date.now();
    await this.#publisher.publish(
      messages.map((message) => ({
        exchange,
        key: message.name,
        content: encode(message),
        properties: propertiesOf(message, now),
      })),
    );
  }

  async subscribe(
    subscription: Subscription,
    handle: (delivery: Delivery) => Promise<Settlement>,
  ): Promise<Subscriber> {
    const subscriber = new AmqpSubscriber(
      this.#connection,
      this.#publisher,
      this.#topology,
      subscription,
      handle,
      this.#options.log,
    );
    await subscriber.start();
    this.#absent.delete(subscription.group);
    this.#subscribers.add(subscriber);
    return {
      stop: async () => {
        await subscriber.stop();
        this.#subscribers.delete(subscriber);
      },
    };
  }

  deadLetters(group: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#deadLetters.list(group, limit);
  }

  replay(group: string, ids?: readonly string[]): Promise<number> {
    return this.#deadLetters.replay(group, ids);
  }

  async lag(group: string): Promise<Lag> {
    const counts = await this.#counts(group);
    const members = [...this.#subscribers].filter((member) => member.group === group);
    const held = members.map((member) => member.held);
    const oldest = Math.min(...held.map((item) => item.oldest));
    const dead = counts.get(this.#topology.dead(group)) ?? 0;
    return {
      waiting: sum([...counts.values()]) - dead + sum(held.map((item) => item.count)),
      seconds: Number.isFinite(oldest) ? Math.max(0, Date.now() - oldest) / 1_000 : 0,
      dead,
    };
  }

  check(): Promise<void> {
    return Promise.resolve().then(() => this.#connection.check());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#subscribers].map((subscriber) => subscriber.stop()));
    this.#subscribers.clear();
    await this.#publisher.close();
    await this.#connection.close();
  }

  /** How much is in each queue of the group; nothing for a group that never was. */
  async #counts(group: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    if ((this.#absent.get(group) ?? 0) > Date.now()) return counts;
    // Whoever asks for figures would rather have none than wait.
    if (this.#connection.lost) this.#connection.check();
    const channel = await this.#connection.channel();
    try {
      for (const queue of this.#topology.all(group))
        counts.set(queue, (await channel.checkQueue(queue)).messageCount);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 404) throw error;
      this.#absent.set(group, Date.now() + 60_000);
    } finally {
      await channel.close().catch(() => undefined);
    }
    return counts;
  }
}

/** @param url `amqp://user@host:5672/vhost?exchange=events`: a virtual host or an exchange for each stack. */
export async function openAmqpBus(url: URL, options: AmqpBusOptions): Promise<BusAdapter> {
  const { exchange } = amqpAddress(url);
  const connection = await Connection.open(url, {
    name: options.instance,
    log: options.log,
    // Two silent ones in a row end the connection; shorter ones would end that of a busy process.
    heartbeatSeconds: Math.max(5, Math.round((options.leaseMs ?? 15_000) / 2_000)),
    waitMs: options.reconnectMs ?? 5_000,
  });
  return new AmqpBus(connection, topologyOf(exchange), options);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
