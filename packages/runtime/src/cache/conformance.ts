/** What every cache adapter must pass. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapters } from '../adapters.ts';
import { portOptions } from '../testing/port-options.ts';
import { openCache, type Cache } from './index.ts';

/** @param adapters For a URL that no built-in adapter opens. */
export function testCache(name: string, url: () => URL, adapters?: Adapters): void {
  describe(`${name} as a cache`, () => {
    let cache: Cache;
    beforeAll(async () => {
      cache = await openCache(url(), portOptions(undefined, adapters));
    });
    afterAll(() => cache.close());

    it.each([[{ title: 'Ü', list: [1, null] }], ['text'], [0], [false], [null]])(
      'returns %j as it was set',
      async (value) => {
        const key = randomUUID();
        expect(await cache.get(key)).toBeUndefined();
        await cache.set(key, 'old', { ttlMs: 60_000 });
        await cache.set(key, value, { ttlMs: 60_000 });
        expect(await cache.get(key)).toEqual(value);
        await cache.delete(key);
        expect(await cache.get(key)).toBeUndefined();
      },
    );

    it('returns nothing after its time', async () => {
      const key = randomUUID();
      await cache.set(key, 1, { ttlMs: 20 });
      await expect.poll(() => cache.get(key), { interval: 10 }).toBeUndefined();
    });

    it('deletes what has a tag, and nothing else', async () => {
      const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
      const tag = `listing:${randomUUID()}`;
      await cache.set(a, 1, { ttlMs: 60_000, tags: [tag, 'x'] });
      await cache.set(b, 2, { ttlMs: 60_000, tags: [tag] });
      await cache.set(c, 3, { ttlMs: 60_000, tags: ['y'] });
      await cache.deleteTag(tag);
      expect([await cache.get(a), await cache.get(b), await cache.get(c)]).toEqual([undefined, undefined, 3]);
    });

    it('loads once for all who ask meanwhile, and not again', async () => {
      const key = randomUUID();
      let loads = 0;
      const fetch = () => cache.fetch(key, { ttlMs: 60_000 }, async () => (loads += 1));
      expect(await Promise.all([fetch(), fetch(), fetch()])).toEqual([1, 1, 1]);
      expect(await fetch()).toBe(1);
    });

    it('caches no failure', async () => {
      const key = randomUUID();
      const failing = cache.fetch(key, { ttlMs: 60_000 }, () => Promise.reject(new Error('no')));
      await expect(failing).rejects.toThrow('no');
      expect(await cache.fetch(key, { ttlMs: 60_000 }, async () => 'yes')).toBe('yes');
    });
  });
}
