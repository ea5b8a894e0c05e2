import { expect, it } from 'vitest';
import { RecentMap } from './recent-map.ts';

it('keeps what is used, forgets what is not, and never grows beyond its limit', () => {
  const map = new RecentMap<number, string>(100);
  for (let key = 0; key < 1_000; key += 1) {
    map.set(key, String(key));
    if (key >= 7) map.get(7);
    expect(map.size).toBeLessThanOrEqual(100);
  }
  expect([map.get(7), map.get(999), map.get(500)]).toEqual(['7', '999', undefined]);
});
