import { describe, expect, it } from 'vitest';
import { type Allowance, decide } from '../src/auth/allowance.ts';
import { networkOf } from '../src/auth/network.ts';
import { allowances } from '../src/auth/throttle.ts';

const day = 86_400;

/** Guesses that come as fast as they can for so many days: how many get through on each. */
function guessed(allowance: Allowance, days: number): number[] {
  const perDay = Array<number>(days).fill(0);
  let fullAt: number | undefined;
  for (let now = 0; now < days * day * 1_000; ) {
    const decision = decide([{ allowance, fullAt }], now);
    if (decision.allowed) {
      perDay[Math.floor(now / day / 1_000)] = (perDay[Math.floor(now / day / 1_000)] ?? 0) + 1;
      fullAt = decision.fullAt[0];
    } else now += decision.retryAfter * 1_000;
  }
  return perDay;
}

describe('guesses that get through', () => {
  it.each([
    ['at one account, from all places where nobody has signed in before', allowances.account, [194, 144]],
    ['at one account, from one place', allowances.place, [298, 288]],
    ['at all accounts together, from one network', allowances.network, [2_980, 2_880]],
  ])('%s', (_, allowance, expected) => {
    const [first = 0, second = 0] = guessed(allowance, 2);
    expect(Math.abs(first - (expected[0] as number))).toBeLessThanOrEqual(1);
    expect(Math.abs(second - (expected[1] as number))).toBeLessThanOrEqual(1);
  });
});

describe('a decision', () => {
  const two = { burst: 2, every: 10 };
  const many = { burst: 100, every: 1 };
  it.each([
    ['that was never used', [two], [undefined], { allowed: true, fullAt: [10_000] }],
    ['that has one left', [two], [10_000], { allowed: true, fullAt: [20_000] }],
    ['that has none left', [two], [20_000], { allowed: false, retryAfter: 10 }],
    ['that gets one in a moment', [two], [10_300], { allowed: false, retryAfter: 1 }],
    ['that is long whole again', [two], [-5_000], { allowed: true, fullAt: [10_000] }],
    ['of two', [two, many], [undefined, 50_000], { allowed: true, fullAt: [10_000, 51_000] }],
    ['of two, one of them empty', [two, many], [25_000, undefined], { allowed: false, retryAfter: 15 }],
    [
      'of two, both empty: the longer wait',
      [two, many],
      [25_000, 130_000],
      { allowed: false, retryAfter: 31 },
    ],
  ])('over an allowance %s', (_, allowanceList, fullAt, expected) => {
    expect(
      decide(
        allowanceList.map((allowance, index) => ({ allowance, fullAt: fullAt[index] })),
        0,
      ),
    ).toEqual(expected);
  });
});

describe('a network', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});
