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
  'sockets stay open while Redis is %s, their replicas are not ready, and events go on afterwards',
  async (_, end) => {
    const user = randomUUID();
    const clients = [await gateway.join(user, 0), await gateway.join(user, 1)];
    const ready = async (expected: number) => {
      const answers = await Promise.all(gateway.replicas.map(({ url }) => fetch(`${url}/health/ready`)));
      return answers.every(({ status }) => status === expected);
    };
    await end();
    await eventually(() => ready(503));
    await redis.start();
    await eventually(() => ready(200));
    const payload = { bookingId: 'afterwards', guestId: user };
    await gateway.publish('booking.confirmed', payload);
    await eventually(() => clients.every((client) => client.events().length === 1));
    for (const client of clients) {
      expect(client.events()).toEqual([['booking.confirmed', payload]]);
      expect(client.closed).toBeUndefined();
    }
  },
);
