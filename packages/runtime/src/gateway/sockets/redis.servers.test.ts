import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { eventually } from '../testing.ts';
import { testFanOut } from './conformance.ts';
import { type SocketReplicas, socketReplicas } from './testing.ts';

let database: TestDatabase;
let redis: TestRedis;
let gateway: SocketReplicas;
beforeAll(async () => {
  [database, redis] = await Promise.all([testDatabase(), startRedis()]);
  gateway = await socketReplicas({ events: database.url, pubsub: redis.url });
});
afterAll(async () => {
  await gateway.stop();
  await redis[Symbol.asyncDispose]();
  await database.drop();
  reportProven({ port: 'pubsub', adapter: 'redis', server: redis.name });
});
afterEach(() => gateway.cutOff());

testFanOut('Redis', () => gateway);

it.each([
  ['stopped', () => redis.stop()],
  ['killed', () => redis.kill()],
])(
  'an event that happens while Redis is %s arrives when it is back: its consumer tries again',
  async (_, end) => {
    const user = randomUUID();
    const clients = [await gateway.join(user, 0), await gateway.join(user, 1)];
    const ready = async (expected: number) => {
      const answers = await Promise.all(gateway.replicas.map(({ url }) => fetch(`${url}/health/ready`)));
      return answers.every(({ status }) => status === expected);
    };
    await end();
    await gateway.publish('booking.confirmed', { bookingId: 'meanwhile', guestId: user });
    await eventually(() => ready(503));
    await redis.start();
    await eventually(() => ready(200));
    await expect
      .poll(() => clients.every((client) => client.events().length > 0), { timeout: 20_000 })
      .toBe(true);
    // At least once: who was reached by an attempt that failed for another one hears it again, with the same id.
    for (const { messages } of clients)
      expect(new Set(messages.filter(({ type }) => type === 'event').map(({ id }) => id)).size).toBe(1);
  },
);
