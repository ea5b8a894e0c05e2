/** A stream per topic. Its entries' own ids, which come from the server's clock, are the positions. */
import { type RedisConnection, RedisScript } from '../redis/index.ts';
import type { Entry } from './followers.ts';
import type { Keep } from './port.ts';

/** For so long an id is known. */
const ID_SECONDS = 600;

/**
 * Kept and announced in one step, so that the order of what is announced is that of the positions.
 * KEYS: stream, [id]. ARGV: channel, text, count, seconds.
 */
const append = new RedisScript(`
  if KEYS[2] then
    local before = redis.call('GET', KEYS[2])
    if before then return before end
  end
  local position = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'message', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  if KEYS[2] then redis.call('SET', KEYS[2], position, 'EX', ${ID_SECONDS}) end
  redis.call('PUBLISH', ARGV[1], '@' .. position .. ' ' .. ARGV[2])
  return position`);

/** KEYS: stream. ARGV: seconds. */
const head = new RedisScript(`
  local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
  local position = newest and newest[1] or redis.call('XADD', KEYS[1], '*', 'mark', '')
  redis.call('EXPIRE', KEYS[1], ARGV[1])
  return position`);

/** As XRANGE gives it: its position, and its one field with its value. */
type Stored = readonly [position: string, field: readonly string[]];

const entryOf = ([position, [field, text]]: Stored): Entry =>
  field === 'message' ? { position, message: JSON.parse(text as string) } : { position };

export class RedisLog {
  readonly #connection: RedisConnection;
  readonly #keys: string;
  readonly #channels: string;

  /** @param keys Before the names of keys. @param channels Before the names of channels. */
  constructor(connection: RedisConnection, keys: string, channels: string) {
    this.#connection = connection;
    this.#keys = keys;
    this.#channels = channels;
  }

  async append(topic: string, text: string, { count, seconds }: Keep, id?: string): Promise<string> {
    const keys = [
      this.#stream(topic),
      ...(id === undefined ? [] : [`${this.#keys}pubsub-id:${topic}:${id}`]),
    ];
    const args = [this.#channels + topic, text, String(count), String(seconds)];
    return String(await this.#connection.run((client) => append.run(client, keys, args)));
  }

  async read(topic: string, after: string | undefined, limit: number): Promise<readonly Entry[] | undefined> {
    const range = async (from: string, count: number) =>
      (await this.#connection.send(
        'XRANGE',
        this.#stream(topic),
        from,
        '+',
        'COUNT',
        String(count),
      )) as Stored[];
    if (after === undefined) return (await range('-', limit)).map(entryOf);
    // The position itself too: when it is not there, neither is all that came after it.
    const [first, ...rest] = await range(after, limit + 1);
    return first?.[0] === after ? rest.map(entryOf) : undefined;
  }

  async head(topic: string, { seconds }: Keep): Promise<string> {
    const keys = [this.#stream(topic)];
    return String(await this.#connection.run((client) => head.run(client, keys, [String(seconds)])));
  }

  async renew(topics: readonly { readonly topic: string; readonly keep: Keep }[]): Promise<void> {
    await Promise.all(
      topics.map(({ topic, keep }) =>
        this.#connection.send('EXPIRE', this.#stream(topic), String(keep.seconds)),
      ),
    );
  }

  #stream(topic: string): string {
    return `${this.#keys}pubsub-log:${topic}`;
  }
}
