import { expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { testRateLimiter } from './conformance.ts';
import { decide } from './gcra.ts';
import { openRateLimiter } from './index.ts';

testRateLimiter('Memory', () => new URL('memory:'), { shared: false });

it('lets through the rate in the long run, whatever the rhythm', () => {
  const limit = { rate: 10, burst: 5 };
  let fullAt = 0;
  let allowed = 0;
  // A request every 10 ms for 100 s: ten times too many.
  for (let step = 0; step < 10_000; step += 1) {
    const decision = decide(fullAt, 1_000 + step / 100, limit);
    fullAt = decision.fullAt;
    if (decision.allowed) allowed += 1;
  }
  expect(allowed).toBe(5 + 999);
});

it.each([1, 5, 30, 100, 999])(
  'allows all of a burst at one instant at a rate of %i, and not one more',
  async (rate) => {
    const clock = { now: () => 1_764_176_412_345 };
    const limiter = await openRateLimiter(new URL('memory:'), { ...portOptions(), clock });
    for (const burst of [1, 2, 10, 60, 1_000]) {
      const left = Array.from({ length: burst }, (_, index) => burst - 1 - index);
      const decisions = [];
      for (let count = 0; count < burst; count += 1)
        decisions.push(await limiter.take({ name: `${burst}`, rate, burst }, 'key'));
      expect(decisions).toEqual(left.map((remaining) => ({ allowed: true, remaining, retryAfter: 0 })));
      expect(await limiter.take({ name: `${burst}`, rate, burst }, 'key')).toMatchObject({ allowed: false });
    }
    await limiter.close();
  },
);

it.each([
  ['allow', true],
  ['deny', false],
] as const)('fails as declared while its server is away: %s', async (onFailure, allowed) => {
  const limiter = await openRateLimiter(new URL('postgres://nobody@127.0.0.1:1/none'), portOptions());
  expect(await limiter.take({ name: 'x', rate: 1, burst: 1, onFailure }, 'key')).toMatchObject({ allowed });
  await limiter.close();
});
