import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportCounts } from '../../../../tests/servers/counts.ts';
import { startRabbitMq } from '../../../../tests/servers/rabbitmq.ts';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import type { TestServer } from '../../../../tests/servers/server.ts';
import { on } from '../events/index.ts';
import { accepted } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { startService } from '../testing/index.ts';
import { defineService } from './definition.ts';

const contracts = { 'order.placed': z.object({ id: z.uuid() }) };
const handled: string[] = [];
const orders = defineService({
  name: 'order-service',
  version: '1.0.0',
  needs: { database: 'sql', pubsub: true },
  contracts,
  routes: (platform) => [
    route.post('/orders', {
      auth: 'public',
      body: z.object({ id: z.uuid() }),
      responses: { 202: z.object({ id: z.uuid() }) },
      handler: async ({ body }) => {
        await platform.transaction((tx) => platform.events.publish('order.placed', body, tx));
        return accepted(body);
      },
    }),
  ],
  consumers: () => [on(contracts, 'order.placed', async ({ id }) => void handled.push(id))],
});

let broker: TestServer;
let redis: TestRedis;
beforeAll(async () => {
  [broker, redis] = await Promise.all([startRabbitMq(), startRedis()]);
});
afterAll(async () => {
  await Promise.all([broker[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
});
const env = () => ({ EVENTS_URL: broker.url.href, PUBSUB_URL: redis.url.href, LOG_LEVEL: 'silent' });

describe('a service with a store', () => {
  it('starts while RabbitMQ and Redis are away, says what it lacks, serves without RabbitMQ, and catches up', async () => {
    // It ran before: the broker keeps events for it since then.
    await (await startService(orders, { env: env() })).stop();
    await Promise.all([broker.stop(), redis.stop()]);
    await using service = await startService(orders, { env: env() });
    const readiness = async () => {
      const { status, body } = await service.get('/health/ready');
      return { code: status, ...body };
    };
    const brokerAway = expect.stringMatching(/RabbitMQ cannot be reached|not read yet/);
    // Which tokens are revoked is in the pub/sub: who has never read it takes no token, and is not ready yet.
    expect(await readiness()).toMatchObject({
      code: 503,
      status: 'unavailable',
      checks: { database: 'ok', events: brokerAway, pubsub: expect.stringContaining('Redis') },
    });
    await redis.start();
    await expect.poll(readiness, { timeout: 30_000 }).toMatchObject({
      code: 200,
      status: 'degraded',
      checks: { database: 'ok', events: brokerAway, pubsub: 'ok' },
    });
    const ids = Array.from({ length: 20 }, () => randomUUID());
    for (const id of ids) expect((await service.post('/api/v1/orders', { id })).status).toBe(202);
    expect(handled).toEqual([]);
    await broker.start();
    await expect.poll(() => [...handled].sort(), { timeout: 30_000 }).toEqual([...ids].sort());
    await expect.poll(readiness, { timeout: 30_000 }).toMatchObject({
      status: 'ready',
      checks: { database: 'ok', events: 'ok', pubsub: 'ok' },
    });
    const once = new Set(handled);
    reportCounts(`outbox: ${broker.name}, away when the service starts`, {
      sent: ids.length,
      acknowledged: ids.length,
      refused: 0,
      delivered: once.size,
      repeated: handled.length - once.size,
      lost: ids.filter((id) => !once.has(id)).length,
    });
  });
});
