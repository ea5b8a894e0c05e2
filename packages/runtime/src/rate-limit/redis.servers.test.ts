import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../../../../tests/servers/counts.ts';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import { portOptions } from '../testing/port-options.ts';
import { testRateLimiter } from './conformance.ts';
import { openRateLimiter, type RateLimiter } from './index.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  reportProven({ port: 'rate-limit', adapter: 'redis', server: server.name });
});

testRateLimiter('Redis', () => server.url, { shared: true });

describe('a rate limiter on Redis', () => {
  // So slow that nothing comes back during a test.
  const slow = { name: 'test', rate: 0.001, burst: 7 };
  let replicas: RateLimiter[];
  beforeAll(async () => {
    replicas = await Promise.all(
      // Clocks of replicas differ, which must not matter.
      [0, -3_600_000, 3_600_000, 0, 0, 0, 0, 0].map((skew) =>
        openRateLimiter(server.url, { ...portOptions(), clock: { now: () => Date.now() + skew } }),
      ),
    );
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.close())));

  /** Takes until the server decides again, as a key that nobody else has. */
  const works = () =>
    expect
      .poll(
        async () =>
          (await Promise.all(replicas.map((replica) => replica.take(slow, randomUUID())))).every(
            ({ remaining }) => remaining === 6,
          ),
        { timeout: 10_000, interval: 20 },
      )
      .toBe(true);

  it('is exact over many connections that start with a script unknown to the server', async () => {
    await works();
    for (let round = 0; round < 5; round += 1) {
      await server.ask('SCRIPT FLUSH');
      const key = randomUUID();
      const decisions = await Promise.all(
        Array.from({ length: 400 }, (_, index) =>
          (replicas[index % replicas.length] as RateLimiter).take(slow, key),
        ),
      );
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(7);
      expect(
        decisions
          .filter(({ allowed }) => allowed)
          .map(({ remaining }) => remaining)
          .sort(),
      ).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
  });

  it.each([
    ['stopped', () => server.stop()],
    ['killed', () => server.kill()],
  ])('allows or refuses as declared while its server is %s, and counts again afterwards', async (_, end) => {
    await works();
    await end();
    for (const replica of replicas) {
      expect((await replica.take(slow, 'key')).allowed).toBe(true);
      expect(await replica.take({ ...slow, onFailure: 'deny' }, 'key')).toEqual({
        allowed: false,
        remaining: 0,
        retryAfter: 1,
      });
    }
    await server.start();
    await works();
  });

  it('never allows more than the burst while connections are cut off in the middle', async () => {
    const key = randomUUID();
    const limit = { ...slow, onFailure: 'deny' as const };
    let [sent, allowed, asking] = [0, 0, true];
    const askers = replicas.map(async (replica) => {
      // An answer of a server that is away comes at once: without a turn for others nobody would end this.
      for (; asking; await turn()) {
        sent += 1;
        if ((await replica.take(limit, key)).allowed) allowed += 1;
      }
    });
    for (let cut = 0; cut < 5; cut += 1) {
      await server.ask('CLIENT KILL TYPE normal SKIPME yes');
      await works();
    }
    asking = false;
    await Promise.all(askers);
    const counts = { sent, acknowledged: allowed, refused: sent - allowed, delivered: allowed, repeated: 0 };
    // What nobody may have: more than the burst.
    reportCounts(`rate limit of 7: ${server.name}, cut off 5 times`, {
      ...counts,
      lost: Math.max(0, allowed - 7),
    });
    expect(allowed).toBeLessThanOrEqual(7);
  });

  it('keeps nothing of whom it need not know any more', async () => {
    await server.flush();
    const limit = { name: 'brief', rate: 100, burst: 1 };
    await (replicas[0] as RateLimiter).take(limit, 'somebody');
    await expect.poll(() => server.ask('KEYS *brief*'), { interval: 10 }).toContain('*0');
  });
});
