import type { PortOptions } from '../port.ts';
import { type RedisClient, RedisConnection } from '../redis/index.ts';
import type { PubSub } from './port.ts';
import { Topics } from './topics.ts';

/**
 * A channel per topic. Two connections, so that what is sent never waits behind what is received.
 *
 * Unlike on PostgreSQL, `subscribe` fails while the server is away instead of promising to listen later; a process
 * that reads so slowly that the server runs out of room for it (32 MB, by default) is cut off, and goes on afterwards.
 */
class RedisPubSub implements PubSub {
  readonly #publisher: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #topics: Topics;
  readonly #options: PortOptions;
  readonly #prefix: string;
  #subscribed = false;

  constructor(url: URL, options: PortOptions) {
    this.#options = options;
    this.#topics = new Topics(options.log);
    this.#publisher = new RedisConnection(url, { ...options, use: 'publish' });
    this.#subscriber = new RedisConnection(url, {
      ...options,
      use: 'subscribe',
      prepare: (client) => this.#listen(client, this.#topics.names),
    });
    // Channels belong to the whole server, whichever database a connection has chosen.
    const { prefix, database } = this.#publisher.address;
    this.#prefix = `${prefix}:pubsub:${database}:`;
  }

  async publish(topic: string, message: unknown): Promise<void> {
    const text = JSON.stringify(message);
    await this.#publisher.send('PUBLISH', this.#prefix + topic, text);
  }

  async subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>> {
    this.#topics.add(topic, receive);
    try {
      await this.#subscriber.run((client) => this.#listen(client, [topic]));
    } catch (error) {
      this.#topics.remove(topic, receive);
      throw error;
    }
    this.#subscribed = true;
    return async () => {
      this.#topics.remove(topic, receive);
      if (!this.#topics.has(topic)) await this.#leave(topic);
    };
  }

  async check(): Promise<void> {
    await this.#publisher.check();
    if (this.#subscribed) await this.#subscriber.check();
  }

  async close(): Promise<void> {
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }

  /** Nothing is sent for channels that this connection listens to already. */
  async #listen(client: RedisClient, topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    await client.subscribe(
      topics.map((topic) => this.#prefix + topic),
      this.#receive,
    );
  }

  /** While the server is away there is nothing to leave: the next connection listens to what is wanted then. */
  async #leave(topic: string): Promise<void> {
    await this.#subscriber
      .run((client) => client.unsubscribe(this.#prefix + topic, this.#receive))
      .catch(() => undefined);
  }

  readonly #receive = (text: string, channel: string): void => {
    const topic = channel.slice(this.#prefix.length);
    // Left while a connection was being prepared that listens to it.
    if (!this.#topics.has(topic)) return void this.#leave(topic);
    try {
      this.#topics.deliver(topic, JSON.parse(text));
    } catch (error) {
      this.#options.log.warn({ err: error, topic }, 'A message that is not JSON was left out');
    }
  };
}

export async function openRedisPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return new RedisPubSub(url, options);
}
