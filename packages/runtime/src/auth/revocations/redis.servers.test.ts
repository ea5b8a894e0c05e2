import { afterAll, beforeAll, it } from 'vitest';
import { type Cuttable, cuttable } from '../../../../../tests/servers/cuttable.ts';
import { startRedis, type TestRedis } from '../../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { eventually } from '../../gateway/testing.ts';
import { openPubSub } from '../../pubsub/index.ts';
import { type TestDatabase, testDatabase } from '../../testing/database.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testRevocations } from './conformance.ts';
import { openRevocations } from './index.ts';

let database: TestDatabase;
let redis: TestRedis;
let line: Cuttable;
beforeAll(async () => {
  [database, redis] = await Promise.all([testDatabase(), startRedis()]);
  line = await cuttable(redis.url);
});
afterAll(async () => {
  await line[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await database.drop();
  reportProven({ port: 'pubsub', adapter: 'redis', server: redis.name });
});

testRevocations('Redis', { url: () => redis.url, events: () => database.url, line: () => line });

it('an issuer hears that the server lost what it was told, and may tell it again', async () => {
  const options = portOptions();
  const pubsub = await openPubSub(redis.url, options);
  const revocations = await openRevocations({ ...options, pubsub });
  let lost = 0;
  const announcer = revocations.announcer(() => (lost += 1));
  await announcer.announce([{ user: 'ada', until: Date.now() + 60_000 }]);
  await redis.ask('FLUSHALL');
  await redis.ask('CLIENT KILL TYPE pubsub');
  await eventually(() => lost > 0);
  announcer.close();
  await revocations.close();
  await pubsub.close();
});
