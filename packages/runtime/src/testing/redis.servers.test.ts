/** The kit on a server that is given to it, as a team runs its tests against what it runs in production. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { openCache } from '../cache/index.ts';
import { z } from '../openapi/index.ts';
import { defineService } from '../service/definition.ts';
import { portOptions, startService } from './index.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server[Symbol.asyncDispose]());

const visits = defineService({
  name: 'visits-service',
  version: '1.0.0',
  needs: { cache: true, rateLimit: true, pubsub: true },
  routes: ({ cache, rateLimit, pubsub }) => [
    route.post('/visits', {
      auth: 'public',
      responses: { 200: z.object({ allowed: z.boolean() }) },
      async handler() {
        const { allowed } = await rateLimit.take({ name: 'visits', rate: 0.001, burst: 1 }, 'everybody');
        await cache.set('last', 'here', { ttlMs: 60_000 });
        await pubsub.publish('visits', 'came');
        return ok({ allowed });
      },
    }),
  ],
});

it('starts replicas on it without any database, and leaves on it what they wrote', async () => {
  const names = ['CACHE_URL', 'RATE_LIMIT_URL', 'PUBSUB_URL'];
  const env = Object.fromEntries(names.map((name) => [name, server.url.href]));
  const [one, other] = await Promise.all([startService(visits, { env }), startService(visits, { env })]);
  expect((await one.post('/api/v1/visits')).body).toEqual({ allowed: true });
  expect((await other.post('/api/v1/visits')).body).toEqual({ allowed: false });
  await Promise.all([one.stop(), other.stop()]);
  const cache = await openCache(server.url, portOptions('visits-service#3'));
  expect(await cache.get('last')).toBe('here');
  await cache.close();
});
