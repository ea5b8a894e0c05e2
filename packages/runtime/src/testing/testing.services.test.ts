import { afterEach, describe, expect, it, vi } from 'vitest';
import { on } from '../events/index.ts';
import { ok, reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { openDatabase } from '../database/index.ts';
import { z } from '../openapi/index.ts';
import { defineService } from '../service/definition.ts';
import {
  cookiesOf,
  eventProbe,
  fakeClock,
  ifMatch,
  ifNoneMatch,
  portOptions,
  startService,
  testDatabase,
} from './index.ts';

const Counter = z.object({ id: z.string(), revision: z.int(), count: z.int() });
const contracts = {
  'count.asked': z.strictObject({ by: z.int() }),
  'count.done': z.strictObject({ by: z.int() }),
};
let loads = 0;
const counters = defineService({
  name: 'counter-service',
  version: '1.0.0',
  needs: { database: 'sql', cache: true },
  contracts,
  routes: ({ cache }) => [
    route.get('/counter', {
      auth: 'public',
      responses: { 200: Counter },
      handler: () => ok({ id: 'one', revision: 3, count: 7 }),
    }),
    route.put('/counter', {
      auth: 'public',
      responses: { 200: z.object({ revision: z.unknown() }) },
      handler: ({ ifMatch: revision }) => ok({ revision: revision ?? null }),
    }),
    route.post('/session', {
      auth: 'public',
      responses: { 200: z.object({ sent: z.unknown() }) },
      handler: ({ raw }) =>
        reply(200, { sent: raw.headers.cookie ?? null }, { 'set-cookie': 'session=s1; HttpOnly; Path=/' }),
    }),
    route.get('/remembered', {
      auth: 'public',
      responses: { 200: z.object({ load: z.int() }) },
      handler: async () =>
        ok({ load: await cache.fetch('load', { ttlMs: 60_000 }, async () => (loads += 1)) }),
    }),
  ],
  consumers: ({ events }) => [
    on(contracts, 'count.asked', async ({ by }, { tx }) => events.publish('count.done', { by: by + 1 }, tx)),
  ],
});

afterEach(() => vi.unstubAllEnvs());

describe('a service under test', () => {
  it('uses the servers that it is given, makes no database of its own, and leaves them as they are', async () => {
    await using given = await testDatabase();
    vi.stubEnv('HOMETRIP_TEST_DATABASE_URL', '');
    const env = { DATABASE_URL: given.url.href, EVENTS_URL: given.url.href, CACHE_URL: 'memory:' };
    const service = await startService(counters, { env });
    expect((await service.get('/health/ready')).status).toBe(200);
    await service.stop();
    const database = await openDatabase(given.url, portOptions());
    await database.check();
    await database.close();
  });

  it('says what it needs when there is neither', async () => {
    vi.stubEnv('HOMETRIP_TEST_DATABASE_URL', '');
    await expect(startService(counters)).rejects.toThrow('set HOMETRIP_TEST_DATABASE_URL to postgres://');
  });

  it('is watched and spoken to over its own bus', async () => {
    await using service = await startService(counters);
    const events = await service.events('count.done');
    await events.publish('count.asked', { by: 1 });
    await events.publish('count.asked', { by: 41 });
    expect((await events.waitFor('count.done', ({ by }) => by === 42)).payload).toEqual({ by: 42 });
    await expect(events.waitFor('count.done', ({ by }) => by === 0, 50)).rejects.toThrow(
      /^count.done did not come within 50 ms. Seen: count.done, count.done.$/,
    );
  });

  it('goes by the clock of the test', async () => {
    const clock = fakeClock('2026-07-01T10:00:00Z');
    await using service = await startService(counters, { clock, env: { CACHE_URL: 'memory:' } });
    const load = async () => (await service.get('/api/v1/remembered')).body.load;
    const first = await load();
    clock.advance(59_999);
    expect(await load()).toBe(first);
    clock.advance(1);
    expect(await load()).toBe(first + 1);
    clock.set('2027-01-01T00:00:00Z');
    expect(await load()).toBe(first + 2);
    const events = await service.events('count.done');
    await service.platform.events.publish('count.done', { by: 1 });
    expect((await events.waitFor('count.done')).occurredAt).toBe('2027-01-01T00:00:00.000Z');
  });
});

describe('requests', () => {
  it('are typed and checked by what they expect', async () => {
    await using service = await startService(counters);
    const { body } = await service.expecting(200, Counter).get('/api/v1/counter');
    const count: number = body.count;
    expect(count).toBe(7);
    await expect(service.expecting(201, Counter).get('/api/v1/counter')).rejects.toThrow(
      'GET /api/v1/counter was answered with 200, not 201: {"id":"one","revision":3,"count":7}',
    );
    await expect(
      service.expecting(200, z.object({ count: z.string() })).get('/api/v1/counter'),
    ).rejects.toThrow('The answer to GET /api/v1/counter does not fit its schema:');
  });

  it('follow from earlier answers', async () => {
    await using service = await startService(counters);
    const counter = await service.get('/api/v1/counter');
    expect((await service.put('/api/v1/counter', undefined, ifMatch(counter))).body).toEqual({ revision: 3 });
    await service.expecting(304).get('/api/v1/counter', ifNoneMatch(counter));
    const first = await service.post('/api/v1/session');
    expect(first.body).toEqual({ sent: null });
    expect((await service.post('/api/v1/session', undefined, cookiesOf(first))).body).toEqual({
      sent: 'session=s1',
    });
    expect(() => ifMatch(first)).toThrow('The answer (200) has no ETag');
  });
});

it('a probe listens to any bus', async () => {
  await using database = await testDatabase();
  await using probe = await eventProbe(database.url, ['a', 'b']);
  await probe.publish('b', { n: 1 });
  await probe.publish('other', {});
  await probe.publish('a', { n: 2 });
  await probe.waitFor('a');
  expect(probe.seen.map(({ name, payload }) => [name, payload])).toEqual([
    ['b', { n: 1 }],
    ['a', { n: 2 }],
  ]);
});
