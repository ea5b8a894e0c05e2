import { expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { testCache } from './conformance.ts';
import { openCache } from './index.ts';

testCache('Memory', () => new URL('memory:'));

it('is empty, not broken, while its server is away', async () => {
  const cache = await openCache(new URL('postgres://nobody@127.0.0.1:1/none'), portOptions());
  await cache.set('key', 1, { ttlMs: 1_000 });
  expect(await cache.get('key')).toBeUndefined();
  expect(await cache.fetch('key', { ttlMs: 1_000 }, async () => 'loaded')).toBe('loaded');
  await cache.close();
});
