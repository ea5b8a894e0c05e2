import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { z } from 'zod';
import { runInContext } from '../context.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { on, openEvents, type Consumer, type EventBus } from './index.ts';

const contracts = { 'booking.confirmed': z.object({ bookingId: z.uuid(), nights: z.int() }) };
const booking = { bookingId: '0197d0f0-0000-7000-8000-000000000001', nights: 3 };

let busServer: TestDatabase;
let dataServer: TestDatabase;
let database: Database;
const opened: EventBus<typeof contracts>[] = [];
beforeAll(async () => {
  [busServer, dataServer] = await Promise.all([testDatabase(), testDatabase()]);
  database = await openDatabase(dataServer.url, portOptions());
  await sql`create table effect (id int generated always as identity, note text)`.execute(database.db);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((events) => events.close()));
  await sql`delete from effect`.execute(database.db);
});
afterAll(async () => {
  await database.close();
  await Promise.all([busServer.drop(), dataServer.drop()]);
});

const open = async (service: string, instance = 1) => {
  const options = { ...portOptions(`${service}#${instance}`), contracts, store: database.messages };
  const events = await openEvents(busServer.url, options);
  opened.push(events);
  return events;
};
const fast = { retry: { base: 5, max: 10 } };
const effects = async () =>
  (await database.db.selectFrom('effect').select('note').orderBy('id').execute()).map(({ note }) => note);
const writes = (note = 'confirmed'): Consumer =>
  on(contracts, 'booking.confirmed', async (payload, { tx }) => {
    await tx
      .insertInto('effect')
      .values({ note: `${note} ${payload.nights}` })
      .execute();
  });

it('delivers an event when the transaction that it belongs to commits', async () => {
  const events = await open('booking-service');
  await events.consume([writes()]);
  await database.transaction((tx) => events.publish('booking.confirmed', booking, tx));
  await expect.poll(effects).toEqual(['confirmed 3']);
});

it('delivers nothing of a transaction that is rolled back', async () => {
  const events = await open('rollback-service');
  await events.consume([writes()]);
  const failing = database.transaction(async (tx) => {
    await events.publish('booking.confirmed', booking, tx);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await events.publish('booking.confirmed', { ...booking, nights: 4 });
  await expect.poll(effects).toEqual(['confirmed 4']);
});

it('undoes what a failed handler wrote, and tries again', async () => {
  const events = await open('retry-service');
  let attempts = 0;
  const consumer = on(contracts, 'booking.confirmed', async (_, { tx }) => {
    attempts += 1;
    await tx
      .insertInto('effect')
      .values({ note: `attempt ${attempts}` })
      .execute();
    if (attempts < 3) throw new Error('not yet');
  });
  await events.consume([consumer], fast);
  await events.publish('booking.confirmed', booking);
  await expect.poll(effects).toEqual(['attempt 3']);
});

it('gives an event up after the last attempt, and handles it when it is replayed', async () => {
  const events = await open('dead-service');
  let broken = true;
  const consumer = on(contracts, 'booking.confirmed', async (_, { tx }) => {
    if (broken) throw new RangeError('no such room');
    await tx.insertInto('effect').values({ note: 'replayed' }).execute();
  });
  await events.consume([consumer], { ...fast, attempts: 2 });
  await events.publish('booking.confirmed', booking);
  await expect
    .poll(() => events.deadLetters())
    .toMatchObject([{ reason: 'RangeError: no such room', attempts: 2 }]);
  broken = false;
  expect(await events.replay()).toBe(1);
  await expect.poll(effects).toEqual(['replayed']);
});

it('refuses to publish what breaks the contract', async () => {
  const events = await open('strict-service');
  await expect(events.publish('booking.confirmed', { bookingId: 'x', nights: 1 })).rejects.toThrow(
    'Invalid UUID',
  );
});

it('puts what another service published against the contract aside, with the reason', async () => {
  const events = await open('contract-service');
  await events.consume([writes()]);
  const lenient = { 'booking.confirmed': z.object({ bookingId: z.uuid() }) };
  const other = await openEvents(busServer.url, { ...portOptions('lenient-service#1'), contracts: lenient });
  await other.publish('booking.confirmed', { bookingId: booking.bookingId });
  await expect
    .poll(() => events.deadLetters())
    .toMatchObject([{ reason: expect.stringContaining('nights') }]);
  expect(await effects()).toEqual([]);
  await other.close();
});

it('carries request id and trace from the publisher to the handler', async () => {
  const events = await open('trace-service');
  const seen: Record<string, string>[] = [];
  await events.consume([on(contracts, 'booking.confirmed', (_, { event }) => void seen.push(event.headers))]);
  const context = {
    requestId: 'r-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: '01',
  };
  await runInContext({ ...context, deadline: undefined, signal: undefined, authorization: undefined }, () =>
    events.publish('booking.confirmed', booking),
  );
  await expect
    .poll(() => seen)
    .toEqual([
      { 'x-request-id': 'r-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    ]);
});

it('lets replicas relay one outbox without loss or double effects', async () => {
  const replicas = await Promise.all([1, 2, 3].map((instance) => open('replica-service', instance)));
  await Promise.all(replicas.map((events) => events.consume([writes()])));
  const numbers = Array.from({ length: 90 }, (_, index) => index);
  await Promise.all(
    numbers.map((nights) =>
      database.transaction(async (tx) =>
        replicas[nights % 3]?.publish('booking.confirmed', { ...booking, nights }, tx),
      ),
    ),
  );
  await expect
    .poll(async () => (await effects()).sort(), { timeout: 10_000 })
    .toEqual(numbers.map((n) => `confirmed ${n}`).sort());
});
