import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { cuttable } from '../../../../../tests/servers/cuttable.ts';
import { startRedis, type TestRedis } from '../../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { eventually } from '../testing.ts';
import { testFanOut } from './conformance.ts';
import { replicaIncidents, runLoad } from './testing/load.ts';
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
    const payload = { bookingId: 'afterwards', owner: user };
    await gateway.publish('booking.confirmed', payload);
    await eventually(() => clients.every((client) => client.events().length === 1));
    for (const client of clients) {
      expect(client.events()).toEqual([['booking.confirmed', payload]]);
      expect(client.closed).toBeUndefined();
    }
  },
);

it('loses and repeats nothing while clients, replicas, Redis and the line to it come and go', async () => {
  await using line = await cuttable(redis.url);
  const urls = { events: database.url, pubsub: line.url };
  const report = await runLoad({
    urls,
    clients: 50,
    events: 2_000,
    incidents: [
      ...replicaIncidents(urls),
      { name: 'Redis is killed', happen: () => redis.kill().then(redis.start) },
      { name: 'all lines to Redis are cut', happen: async () => line.cut() },
      { name: 'Redis is stopped', happen: () => redis.stop().then(redis.start) },
    ],
  });
  console.log(JSON.stringify(report));
  expect(report).toMatchObject({
    sent: 2_000,
    acknowledged: 2_000,
    duplicated: 0,
    repeatedOnTheWire: 0,
    lost: 0,
    gaps: 0,
  });
}, 300_000);
