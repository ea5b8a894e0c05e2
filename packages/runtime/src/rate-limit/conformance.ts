/** What every rate limit adapter must pass. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapters } from '../adapters.ts';
import { portOptions } from '../testing/port-options.ts';
import { openRateLimiter, type RateLimiter } from './index.ts';

/**
 * @param shared Whether several connections count together.
 * @param adapters For a URL that no built-in adapter opens.
 */
export function testRateLimiter(
  name: string,
  url: () => URL,
  { shared }: { shared: boolean },
  adapters?: Adapters,
): void {
  describe(`${name} as a rate limiter`, () => {
    let replicas: RateLimiter[];
    beforeAll(async () => {
      replicas = await Promise.all(
        Array.from({ length: shared ? 3 : 1 }, () =>
          openRateLimiter(url(), portOptions(undefined, adapters)),
        ),
      );
    });
    afterAll(() => Promise.all(replicas.map((replica) => replica.close())));
    // So slow that nothing comes back during a test.
    const slow = { name: 'test', rate: 0.001, burst: 5 };
    const take = (key: string, index = 0, limit = slow) =>
      (replicas[index % replicas.length] as RateLimiter).take(limit, key);

    it('allows a burst, counts down, and then says when to come back', async () => {
      const key = randomUUID();
      const remaining = [];
      for (let count = 0; count < 5; count += 1) remaining.push((await take(key)).remaining);
      expect(remaining).toEqual([4, 3, 2, 1, 0]);
      const refused = await take(key);
      expect(refused.allowed).toBe(false);
      expect(refused.retryAfter).toBeGreaterThan(900);
      expect(refused.retryAfter).toBeLessThanOrEqual(1_000);
    });

    it('is exact when all ask at the same moment', async () => {
      const key = randomUUID();
      const decisions = await Promise.all(Array.from({ length: 60 }, (_, index) => take(key, index)));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(5);
    });

    it('counts each key and each limit for itself', async () => {
      const key = randomUUID();
      const one = { ...slow, burst: 1 };
      expect((await take(key, 0, one)).allowed).toBe(true);
      expect((await take(key, 0, one)).allowed).toBe(false);
      expect((await take(randomUUID(), 0, one)).allowed).toBe(true);
      expect((await take(key, 0, { ...one, name: 'other' })).allowed).toBe(true);
    });

    it('counts each service for itself, also where they share a server and the name of a limit', async () => {
      const key = randomUUID();
      const one = { ...slow, burst: 1 };
      const other = await openRateLimiter(url(), portOptions('other-service#1', adapters));
      expect((await take(key, 0, one)).allowed).toBe(true);
      expect((await other.take(one, key)).allowed).toBe(true);
      await other.close();
    });

    it('allows again in time', async () => {
      const key = randomUUID();
      const fast = { name: 'fast', rate: 50, burst: 1 };
      expect((await take(key, 0, fast)).allowed).toBe(true);
      await expect.poll(async () => (await take(key, 0, fast)).allowed, { interval: 10 }).toBe(true);
    });
  });
}
