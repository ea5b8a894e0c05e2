/** A service process that handles events until it is killed: BUS_URL, DATABASE_URL and INSTANCE_ID come from the environment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openDatabase } from '../../database/index.ts';
import { portOptions } from '../../testing/port-options.ts';
import { on, openEvents } from '../index.ts';

const contracts = { 'counter.raised': z.object({ number: z.int() }) };
const options = portOptions(process.env['INSTANCE_ID']);
const database = await openDatabase(new URL(process.env['DATABASE_URL'] ?? ''), options);
const events = await openEvents(new URL(process.env['BUS_URL'] ?? ''), {
  ...options,
  contracts,
  store: database.messages,
  leaseMs: 1_000,
});
const consumer = on(contracts, 'counter.raised', async ({ number }, { tx }) => {
  // Outside of the transaction: tells how often a handler began.
  await database.db.insertInto('begun').values({ number }).execute();
  await tx.insertInto('effect').values({ number }).execute();
  // So that kills hit handlers between their effect and its commit.
  await sleep(1);
});
await events.consume([consumer]);
process.on('SIGTERM', async () => {
  await events.close();
  await database.close();
});
process.stdout.write('ready\n');
