import { randomBytes } from 'node:crypto';
import type { PortOptions } from '../port.ts';
import { RedisConnection, RedisScript } from '../redis/index.ts';
import type { CacheAdapter } from './port.ts';

/** KEYS: the entry, its tags. ARGV: the entry's text, its time in ms, a new generation. */
const SET_TAGGED = new RedisScript(`
local generations = {}
for index = 2, #KEYS do
  local generation = redis.call('GET', KEYS[index])
  if not generation then
    generation = ARGV[3]
    redis.call('SET', KEYS[index], generation, 'PX', ARGV[2])
  elseif redis.call('PTTL', KEYS[index]) < tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[index], ARGV[2])
  end
  generations[index - 1] = KEYS[index] .. '\\31' .. generation
end
redis.call('SET', KEYS[1], table.concat(generations, '\\30') .. '\\n' .. ARGV[1], 'PX', ARGV[2])`);

/**
 * An entry is one string. Before its value it names the generation of each of its tags; a tag that was deleted begins a
 * new generation, so that all entries of the old one count for nothing, and go in their time. So deleting a tag costs
 * the same for one entry and for a million, and a server that evicts a tag for want of memory forgets entries, but
 * never keeps one that should be gone (as lists of a tag's keys would).
 *
 * Unlike on PostgreSQL, an entry with tags takes a second question to read; one without takes one.
 */
class RedisCache implements CacheAdapter {
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#prefix = `${connection.address.prefix}:cache:`;
  }

  async get(key: string): Promise<string | undefined> {
    const text = (await this.#connection.send('GET', this.#entry(key))) as string | null;
    if (text === null) return undefined;
    const end = text.indexOf('\n');
    return end === 0 || (await this.#isCurrent(text.slice(0, end))) ? text.slice(end + 1) : undefined;
  }

  async set(key: string, value: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const time = Math.round(ttlMs);
    if (time < 1) return this.delete(key);
    const entry = this.#entry(key);
    if (tags.length === 0) {
      await this.#connection.send('SET', entry, `\n${value}`, 'PX', String(time));
      return;
    }
    const keys = [entry, ...tags.map((tag) => this.#tag(tag))];
    const generation = randomBytes(9).toString('base64url');
    await this.#connection.run((client) => SET_TAGGED.run(client, keys, [value, String(time), generation]));
  }

  async delete(key: string): Promise<void> {
    await this.#connection.send('UNLINK', this.#entry(key));
  }

  async deleteTag(tag: string): Promise<void> {
    await this.#connection.send('UNLINK', this.#tag(tag));
  }

  check(): Promise<void> {
    return this.#connection.check();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** @param head The tags' keys and generations, as the script writes them. */
  async #isCurrent(head: string): Promise<boolean> {
    const tags = head.split('\x1e').map((tag) => tag.split('\x1f'));
    const now = (await this.#connection.send('MGET', ...tags.map(([key = '']) => key))) as (string | null)[];
    return tags.every(([, generation], index) => now[index] === generation);
  }

  #entry(key: string): string {
    return `${this.#prefix}entry:${key}`;
  }

  /** As JSON it has none of the control characters that the head of an entry is made with. */
  #tag(tag: string): string {
    return `${this.#prefix}tag:${JSON.stringify(tag)}`;
  }
}

export async function openRedisCache(url: URL, options: PortOptions): Promise<CacheAdapter> {
  return new RedisCache(new RedisConnection(url, { ...options, use: 'cache' }));
}
