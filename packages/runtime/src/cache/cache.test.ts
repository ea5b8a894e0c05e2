import { expect, it } from 'vitest';
import { currentContext, runInContext } from '../context.ts';
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

it('loads again for who still waits when whoever began has gone away', async () => {
  const cache = await openCache(new URL('memory:'), portOptions());
  const client = new AbortController();
  const ids = { requestId: 'the first', traceId: '1', spanId: '2', traceFlags: '00' };
  const leaving = { ...ids, deadline: undefined, signal: client.signal, authorization: undefined };
  let loads = 0;
  // As a call to another service does.
  const load = () => {
    loads += 1;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const signal = currentContext()?.signal;
    if (signal === undefined) resolve('loaded');
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  };
  const fetch = () => cache.fetch('key', { ttlMs: 60_000 }, load);
  const first = runInContext(leaving, fetch);
  const others = Promise.all([fetch(), fetch()]);
  await expect.poll(() => loads).toBe(1);
  client.abort(new Error('the client went away'));
  await expect(first).rejects.toThrow('the client went away');
  expect(await others).toEqual(['loaded', 'loaded']);
  expect(loads).toBe(2);
  await cache.close();
});

it.each(['delete', 'deleteTag'] as const)('keeps nothing that was loaded before a %s', async (method) => {
  const cache = await openCache(new URL('memory:'), portOptions());
  const options = { ttlMs: 60_000, tags: ['tag'] };
  const { promise: read, resolve } = Promise.withResolvers<string>();
  let loads = 0;
  const early = cache.fetch('key', options, () => {
    loads += 1;
    return read;
  });
  await expect.poll(() => loads).toBe(1);
  await cache[method](method === 'delete' ? 'key' : 'tag');
  const late = cache.fetch('key', options, async () => 'new');
  expect(await late).toBe('new');
  resolve('old');
  expect(await early).toBe('old');
  expect(await cache.get('key')).toBe('new');
  await cache.close();
});
