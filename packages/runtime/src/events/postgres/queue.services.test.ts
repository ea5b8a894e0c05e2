import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../database/index.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../../testing/database.ts';
import type { BusMessage } from '../port.ts';
import { Queue } from './queue.ts';
import { ensureBusSchema } from './schema.ts';

let server: TestDatabase;
let database: Database;
let queue: Queue;
beforeAll(async () => {
  server = await testDatabase();
  database = await openDatabase(server.url, portOptions());
  await ensureBusSchema(database.db);
  queue = new Queue(database.db, 15_000);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const message = (name: string, payload: unknown = {}): BusMessage => ({
  id: randomUUID(),
  name,
  source: 'test',
  payload,
  headers: {},
  occurredAt: '2026-07-01T10:00:00.000Z',
});

it('takes an event that carries nothing', async () => {
  await queue.subscribe('nothing', ['cache.emptied'], 'nothing#1');
  const sent = message('cache.emptied', null);
  await queue.publish([sent]);
  expect(await queue.claim('nothing', ['cache.emptied'], 'nothing#1', 10)).toMatchObject([{ message: sent }]);
});

it('keeps a dead letter whatever its reason is made of', async () => {
  await queue.subscribe('binary', ['file.found'], 'binary#1');
  await queue.publish([message('file.found')]);
  const [item] = await queue.claim('binary', ['file.found'], 'binary#1', 1);
  await queue.bury('binary', item ?? { seq: 0, attempt: 0 }, 'Unexpected token \0');
  expect(await queue.deadLetters('binary', 10)).toMatchObject([{ reason: 'Unexpected token \ufffd' }]);
});

it('puts aside what waits for a group that has given the event up, and that nobody takes', async () => {
  const events = ['order.placed', 'order.paid'];
  await queue.subscribe('orders', events, 'orders#1');
  await queue.publish(events.map((event) => message(event)));
  await queue.subscribe('orders', ['order.paid'], 'orders#1');
  await queue.maintain('orders');
  // Members of the version before may still take it.
  expect(await queue.lag('orders')).toMatchObject({ waiting: 2, dead: 0 });
  await sql`update bus_delivery set available_at = now() - interval '2 hours'`.execute(database.db);
  await queue.maintain('orders');
  expect(await queue.lag('orders')).toMatchObject({ waiting: 1, dead: 1 });
  expect(await queue.deadLetters('orders', 10)).toMatchObject([
    { message: { name: 'order.placed' }, reason: 'no consumer handles it', attempts: 0 },
  ]);
});

it('removes all old events, however many there are', async () => {
  await sql`
    insert into bus_event (id, name, source, payload, headers, occurred_at, published_at)
    select gen_random_uuid(), 'old', 'test', '{}', '{}', now(), now() - interval '2 days'
    from generate_series(1, 25000)`.execute(database.db);
  await queue.maintain('any');
  const { rows } = await sql`select from bus_event where name = 'old'`.execute(database.db);
  expect(rows).toHaveLength(0);
});
