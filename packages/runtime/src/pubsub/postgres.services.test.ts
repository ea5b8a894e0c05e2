import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testPubSub } from './conformance.ts';
import { openPubSub } from './index.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testPubSub('PostgreSQL', () => server.url);

it('goes on after its connections were killed', async () => {
  const pubsub = await openPubSub(server.url, portOptions('victim'));
  const heard: unknown[] = [];
  await pubsub.subscribe('topic', (message) => heard.push(message));
  const admin = await openDatabase(server.url, portOptions('admin'));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'victim%'`.execute(
    admin.db,
  );
  const deliver = async () => {
    await pubsub.publish('topic', 'again').catch(() => undefined);
    return heard.length > 0;
  };
  await expect.poll(deliver, { timeout: 10_000 }).toBe(true);
  await pubsub.close();
  await admin.close();
});
