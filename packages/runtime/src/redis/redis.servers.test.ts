import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import { openCache } from '../cache/index.ts';
import { openPubSub } from '../pubsub/index.ts';
import { openRateLimiter } from '../rate-limit/index.ts';
import { tlsLine } from '../../../../tests/servers/secured.ts';
import { portOptions } from '../testing/port-options.ts';
import { RedisConnection } from './index.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis({ tls: true });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const port of ['cache', 'pubsub', 'rate-limit'])
    reportProven({ port, adapter: 'rediss', server: server.name });
});

const as = (user: string, password = server.url.password): URL => {
  const url = new URL(server.url);
  url.username = user;
  url.password = password;
  return url;
};

it('needs no more rights than those to its own keys and channels, and speaks TLS', async () => {
  const url = as('service');
  const [cache, limiter, pubsub] = await Promise.all([
    openCache(url, portOptions()),
    openRateLimiter(url, portOptions()),
    openPubSub(url, portOptions()),
  ]);
  await cache.set('key', 'value', { ttlMs: 60_000, tags: ['tag'] });
  expect(await cache.get('key')).toBe('value');
  await cache.deleteTag('tag');
  expect(await cache.get('key')).toBeUndefined();
  const once = { name: 'once', rate: 0.001, burst: 1 };
  const key = randomUUID();
  expect((await limiter.take(once, key)).allowed).toBe(true);
  expect((await limiter.take(once, key)).allowed).toBe(false);
  const heard: unknown[] = [];
  await pubsub.subscribe('topic', (message) => heard.push(message));
  await pubsub.publish('topic', 'hello');
  await expect.poll(() => heard).toEqual(['hello']);
  await Promise.all([cache.close(), limiter.close(), pubsub.close()]);
});

it.each([
  ['a user that is not there', () => as('stranger'), /WRONGPASS/],
  ['a wrong password', () => as('service', 'wrong'), /WRONGPASS/],
  ['no password', () => as('', ''), /NOAUTH/],
])('says that the server refuses %s', async (_, url, cause) => {
  const connection = new RedisConnection(url(), { ...portOptions(), use: 'test' });
  await expect(connection.send('PING')).rejects.toMatchObject({
    status: 503,
    code: 'redis-unavailable',
    cause: { message: expect.stringMatching(cause) },
  });
  await connection.close();
});

it('refuses a server whose certificate nobody vouches for', async () => {
  await using line = await tlsLine(server.url, { stranger: true });
  const url = as('service');
  url.port = String(line.port);
  const connection = new RedisConnection(url, { ...portOptions(), use: 'test' });
  await expect(connection.send('PING')).rejects.toMatchObject({
    cause: { code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) },
  });
  await connection.close();
});
