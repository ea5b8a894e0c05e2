import type { PortOptions } from '../port.ts';
import { type RedisClient, RedisConnection } from '../redis/index.ts';
import { portSpans } from '../telemetry/ports.ts';
import { Followers } from './followers.ts';
import type { Follower, Following, Keep, PubSub } from './port.ts';
import { RedisLog } from './redis-log.ts';
import { Topics } from './topics.ts';

/**
 * A channel per topic. Two connections, so that what is sent never waits behind what is received. What is appended is
 * announced with its position, `@1764176412345-0 {…}`, which no JSON begins with: the live path reads nothing.
 *
 * Unlike on PostgreSQL, `subscribe` fails while the server is away instead of promising to listen later; a process
 * that reads so slowly that the server runs out of room for it (32 MB, by default) is cut off, and goes on afterwards.
 */
class RedisPubSub implements PubSub {
  readonly #publisher: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #topics: Topics;
  readonly #log: RedisLog;
  readonly #followers: Followers;
  readonly #options: PortOptions;
  readonly #prefix: string;
  readonly #span = portSpans('redis');
  #subscribed = false;

  constructor(url: URL, options: PortOptions) {
    this.#options = options;
    this.#topics = new Topics(options.log);
    this.#publisher = new RedisConnection(url, { ...options, use: 'publish' });
    this.#subscriber = new RedisConnection(url, {
      ...options,
      use: 'subscribe',
      lost: () => this.#followers.interrupted(),
      prepare: async (client) => {
        this.#followers.interrupted();
        await this.#listen(client, [...new Set([...this.#topics.names, ...this.#followers.names])]);
        this.#followers.back();
      },
    });
    // Channels belong to the whole server, whichever database a connection has chosen.
    const { prefix, database } = this.#publisher.address;
    this.#prefix = `${prefix}:pubsub:${database}:`;
    this.#log = new RedisLog(this.#publisher, `${prefix}:`, this.#prefix);
    const listen = (topic: string) => this.#subscribe(topic);
    const leave = (topic: string) => this.#leave(topic);
    this.#followers = new Followers(this.#log, { listen, leave }, options.log);
  }

  async publish(topic: string, message: unknown): Promise<void> {
    const text = JSON.stringify(message);
    await this.#span('publish', 'pubsub', () => this.#publisher.send('PUBLISH', this.#prefix + topic, text));
  }

  async subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>> {
    this.#topics.add(topic, receive);
    try {
      await this.#subscribe(topic);
    } catch (error) {
      this.#topics.remove(topic, receive);
      throw error;
    }
    return async () => {
      this.#topics.remove(topic, receive);
      await this.#leave(topic);
    };
  }

  async append(topic: string, message: unknown, keep: Keep, id?: string): Promise<string> {
    const text = JSON.stringify(message);
    return this.#span('append', 'pubsub', () => this.#log.append(topic, text, keep, id));
  }

  follow(topic: string, follower: Follower): Promise<Following> {
    return this.#followers.follow(topic, follower);
  }

  async check(): Promise<void> {
    await this.#publisher.check();
    if (this.#subscribed) await this.#subscriber.check();
  }

  async close(): Promise<void> {
    this.#followers.close();
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

  async #subscribe(topic: string): Promise<void> {
    await this.#subscriber.run((client) => this.#listen(client, [topic]));
    this.#subscribed = true;
  }

  #isWanted(topic: string): boolean {
    return this.#topics.has(topic) || this.#followers.has(topic);
  }

  /** Unless somebody still wants it. While the server is away there is nothing to leave: the next connection listens to what is wanted then. */
  async #leave(topic: string): Promise<void> {
    if (this.#isWanted(topic)) return;
    await this.#subscriber
      .run((client) => client.unsubscribe(this.#prefix + topic, this.#receive))
      .catch(() => undefined);
  }

  readonly #receive = (text: string, channel: string): void => {
    const topic = channel.slice(this.#prefix.length);
    // Left while a connection was being prepared that listens to it.
    if (!this.#isWanted(topic)) return void this.#leave(topic);
    const space = text.startsWith('@') ? text.indexOf(' ') : -1;
    try {
      const message: unknown = JSON.parse(text.slice(space + 1));
      this.#topics.deliver(topic, message);
      this.#followers.receive(topic, message, space < 0 ? undefined : text.slice(1, space));
    } catch (error) {
      this.#options.log.warn({ err: error, topic }, 'A message that is not JSON was left out');
    }
  };
}

export async function openRedisPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return new RedisPubSub(url, options);
}
