import type { PortOptions } from '../port.ts';
import { RedisConnection, RedisScript } from '../redis/index.ts';
import { remaining } from './gcra.ts';
import type { Decision, Limit, RateLimitAdapter } from './port.ts';

/**
 * The algorithm of gcra.ts, with the server's clock: that of the replicas may differ. A script runs alone, so the count is
 * exact. Lua's own way to write a number would round an instant to a tenth of a second: hence %.17g.
 *
 * KEYS: who is limited. ARGV: seconds per request, burst. Returns whether it is allowed, and in seconds from now: if so, when the
 * allowance is full again, and otherwise when the next one is allowed.
 */
const TAKE = new RedisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local interval = tonumber(ARGV[1])
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + interval
local wait = next - tonumber(ARGV[2]) * interval - now
if wait > 0.000001 then return {0, string.format('%.17g', wait)} end
redis.call('SET', KEYS[1], string.format('%.17g', next), 'PX', string.format('%.0f', math.ceil((next - now) * 1000)))
return {1, string.format('%.17g', next - now)}`);

/** One number per key, gone by itself when the allowance is full again. */
class RedisRateLimit implements RateLimitAdapter {
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#prefix = `${connection.address.prefix}:limit:`;
  }

  async take(key: string, limit: Limit): Promise<Decision> {
    const keys = [this.#prefix + key];
    const args = [String(1 / limit.rate), String(limit.burst)];
    const [allowed, seconds] = (await this.#connection.run((client) => TAKE.run(client, keys, args))) as [
      number,
      string,
    ];
    if (allowed === 1)
      return { allowed: true, remaining: remaining(Number(seconds), 0, limit), retryAfter: 0 };
    return { allowed: false, remaining: 0, retryAfter: Math.max(0.001, Number(seconds)) };
  }

  check(): Promise<void> {
    return this.#connection.check();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

export async function openRedisRateLimit(url: URL, options: PortOptions): Promise<RateLimitAdapter> {
  return new RedisRateLimit(new RedisConnection(url, { ...options, use: 'rate-limit' }));
}
