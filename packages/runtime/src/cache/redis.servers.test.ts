import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../../../../tests/servers/counts.ts';
import { cuttable } from '../../../../tests/servers/cuttable.ts';
import { type TestRedis, startRedis } from '../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import { portOptions } from '../testing/port-options.ts';
import { testCache } from './conformance.ts';
import { type Cache, openCache } from './index.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  reportProven({ port: 'cache', adapter: 'redis', server: server.name });
});

testCache('Redis', () => server.url);

const long = { ttlMs: 60_000 };

describe('a cache on Redis', () => {
  const options = portOptions();
  let cache: Cache;
  beforeAll(async () => {
    cache = await openCache(server.url, options);
  });
  afterAll(() => cache.close());

  /** Until the connection is back, a cache forgets what it is given. */
  const works = () =>
    expect
      .poll(
        async () => {
          await cache.set('probe', 1, long);
          return cache.get('probe');
        },
        { timeout: 10_000, interval: 20 },
      )
      .toBe(1);

  it.each([
    ['stopped', () => server.stop()],
    ['killed', () => server.kill()],
  ])('is empty while its server is %s, and works again afterwards', async (_, end) => {
    await works();
    await end();
    await cache.set('away', 1, long);
    await cache.delete('away');
    await cache.deleteTag('away');
    expect(await cache.get('away')).toBeUndefined();
    expect(await cache.fetch('away', long, async () => 'loaded')).toBe('loaded');
    await server.start();
    await works();
    expect(await cache.get('away')).toBeUndefined();
  });

  it('gives up a server that has stopped to answer, with what waits for it, and asks it nothing more', async () => {
    await works();
    const asked = async () =>
      /redis_command_duration_seconds_count\{.*"error"\} (\d+)/.exec(await options.metrics.metrics())?.[1];
    server.freeze();
    try {
      expect(await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))).toEqual(
        Array(3).fill(undefined),
      );
      const before = await asked();
      for (let count = 0; count < 100; count += 1) expect(await cache.get('probe')).toBeUndefined();
      expect(await asked()).toBe(before);
    } finally {
      server.thaw();
    }
    await works();
  });

  it('never gives one entry for another while its line is cut in the middle of answers', async () => {
    await using line = await cuttable(server.url);
    const far = await openCache(line.url, portOptions());
    const keys = Array.from({ length: 50 }, (_, index) => `entry-${index}`);
    for (const key of keys) await cache.set(key, key, long);
    let [sent, delivered, wrong, reading] = [0, 0, 0, true];
    const read = async (_: unknown, offset: number): Promise<void> => {
      for (let at = offset; reading; at += 1) {
        const key = keys[at % keys.length] as string;
        sent += 1;
        const value = await far.get(key);
        if (value !== undefined) delivered += 1;
        if (value !== undefined && value !== key) wrong += 1;
        // An answer of a server that is away comes at once: without a turn for others nobody would end this.
        await turn();
      }
    };
    const readers = Promise.all(keys.slice(0, 20).map(read));
    for (let cut = 0; cut < 10; cut += 1) {
      const before = delivered;
      await expect.poll(() => delivered, { timeout: 10_000, interval: 2 }).toBeGreaterThan(before + 500);
      line.cut();
    }
    reading = false;
    await readers;
    const counts = { sent, acknowledged: delivered, refused: sent - delivered, delivered, repeated: 0 };
    reportCounts(`cache: ${server.name}, readers cut off 10 times`, { ...counts, lost: wrong });
    expect(wrong).toBe(0);
    await far.close();
  });

  it('counts an entry for nothing when the server has evicted one of its tags', async () => {
    await works();
    await cache.set('tagged', 1, { ...long, tags: ['x', 'y'] });
    expect(await cache.get('tagged')).toBe(1);
    const evicted = await server.ask('KEYS *tag*:y*');
    const [, tag = ''] = /(hometrip:cache:tag:\S+)/.exec(evicted) ?? [];
    expect(await server.ask(`DEL '${tag}'`)).toContain(':1');
    expect(await cache.get('tagged')).toBeUndefined();
  });

  it('keeps a tag as long as the longest of its entries, and nothing for ever', async () => {
    await cache.set('short', 1, { ttlMs: 30, tags: ['shared'] });
    await cache.set('long', 2, { ttlMs: 60_000, tags: ['shared'] });
    await cache.set('brief', 3, { ttlMs: 30, tags: ['shared'] });
    await expect.poll(() => cache.get('brief'), { interval: 10 }).toBeUndefined();
    expect(await cache.get('long')).toBe(2);
    const keys = (await server.ask('KEYS *')).match(/hometrip:\S+/g) ?? [];
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) expect(await server.ask(`PTTL '${key}'`)).toMatch(/^:\d/);
  });

  it('shares a server with another system without seeing what it keeps', async () => {
    const url = new URL(server.url);
    url.searchParams.set('prefix', 'other');
    const other = await openCache(url, portOptions());
    await cache.set('same', 'mine', { ...long, tags: ['tag'] });
    await other.set('same', 'theirs', { ...long, tags: ['tag'] });
    await other.deleteTag('tag');
    expect([await cache.get('same'), await other.get('same')]).toEqual(['mine', undefined]);
    await other.close();
  });

  it('says in its metrics whether it is connected, and how its commands went', async () => {
    const options = portOptions();
    const measured = await openCache(server.url, options);
    await measured.get('nothing');
    const text = await options.metrics.metrics();
    expect(text).toContain('redis_connected{use="cache"} 1');
    expect(text).toContain('redis_command_duration_seconds_count{use="cache",result="ok"} 1');
    await measured.close();
    expect(await options.metrics.metrics()).toContain('redis_connected{use="cache"} 0');
  });

  it('with a wrong password is empty', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    const locked = await openCache(url, portOptions());
    await locked.set('key', 1, long);
    expect(await locked.get('key')).toBeUndefined();
    await locked.close();
    await locked.close();
  });
});
