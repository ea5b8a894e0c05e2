import { expect, test } from 'vitest';
import { createBalancer } from './balancer.ts';

const entries = [1, 2, 3].map((port) => ({ instance: `front#${port}`, host: '127.0.0.1', port }));
const first = (balancer: ReturnType<typeof createBalancer>, client: string): number | undefined =>
  balancer.order(entries, client)[0]?.port;

test('round_robin takes turns, and every instance is tried once', () => {
  const balancer = createBalancer('round_robin');
  expect([1, 2, 3, 4].map(() => first(balancer, ''))).toEqual([1, 2, 3, 1]);
  expect(
    balancer
      .order(entries, '')
      .map(({ port }) => port)
      .sort(),
  ).toEqual([1, 2, 3]);
});

test('least_conn prefers whoever has the fewest open connections', () => {
  const balancer = createBalancer('least_conn');
  const [one, two, three] = entries as [(typeof entries)[0], (typeof entries)[0], (typeof entries)[0]];
  for (const entry of [one, one, two, three, three]) balancer.opened(entry);
  expect(first(balancer, '')).toBe(2);
  balancer.closed(one);
  balancer.closed(one);
  expect(first(balancer, '')).toBe(1);
});

test('ip_hash keeps a client at its instance', () => {
  const balancer = createBalancer('ip_hash');
  expect(new Set([1, 2, 3].map(() => first(balancer, '10.0.0.7'))).size).toBe(1);
  expect(new Set(Array.from({ length: 40 }, (_, index) => first(balancer, `10.0.0.${index}`))).size).toBe(3);
});

test('without instances there is nobody to choose', () => {
  expect(createBalancer('round_robin').order([], '')).toEqual([]);
});
