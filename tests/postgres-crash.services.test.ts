import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres, type RunningPostgres } from '../packages/cli/src/drivers/embedded/postgres/index.ts';
import {
  on,
  openDatabase,
  openEvents,
  z,
  type Database,
  type EventBus,
} from '../packages/runtime/src/index.ts';
import { testDatabase } from '../packages/runtime/src/testing/database.ts';
import { portOptions } from '../packages/runtime/src/testing/port-options.ts';
import { reportCounts } from './servers/counts.ts';

const contracts = { 'counter.raised': z.object({ number: z.int() }) };

let folder: string;
let server: RunningPostgres;
let database: Database;
let events: EventBus<typeof contracts>;
const start = () =>
  startPostgres({ dataDir: join(folder, 'data'), log: join(folder, 'log'), superuserPassword: 'test' });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hometrip-crash-'));
  await chmod(folder, 0o755);
  server = await start();
  database = await openDatabase(new URL(server.url()), portOptions());
  await database.db.schema.createTable('effect').addColumn('number', 'integer').execute();
  const bus = await testDatabase(server.url());
  events = await openEvents(bus.url, { ...portOptions(), contracts, store: database.messages });
  const consumer = on(contracts, 'counter.raised', async ({ number }, { tx }) => {
    await tx.insertInto('effect').values({ number }).execute();
  });
  await events.consume([consumer]);
});
afterAll(async () => {
  await events.close();
  await database.close();
  await server.stop('immediate');
  await rm(folder, { recursive: true, force: true });
});

const sleep = (seconds: number) =>
  database.db.selectNoFrom((e) => e.fn('pg_sleep', [e.val(seconds)]).as('slept')).execute();
let sent = 0;
const acknowledged: number[] = [];
const raise = async (number: number) => {
  sent += 1;
  await database.transaction((tx) => events.publish('counter.raised', { number }, tx));
  acknowledged.push(number);
};
const effects = async () =>
  (await database.db.selectFrom('effect').select('number').execute()).map(({ number }) => number).sort();

it('survives a PostgreSQL that is killed: fails fast meanwhile, works again at its return, loses no event', async () => {
  const { port } = server;
  await raise(1);
  await expect.poll(effects).toEqual([1]);
  // As many idle connections as the pool takes: all of them die.
  await Promise.all(Array.from({ length: 8 }, () => sleep(0.01)));
  const underWay = expect(sleep(30)).rejects.toMatchObject({ status: 503 });
  await raise(2);

  process.kill(server.pid, 'SIGKILL');
  await server.exited;
  await underWay;
  await expect(effects()).rejects.toMatchObject({ status: 503, code: 'database-unavailable' });
  await expect(raise(3)).rejects.toMatchObject({ status: 503 });
  await expect(database.check()).rejects.toMatchObject({ status: 503 });

  server = await start();
  expect(server.port).toBe(port);
  await expect.poll(effects, { interval: 20 }).toContain(1);
  await raise(4);
  // Woken by notification or, at the latest, by the slow poll.
  await expect.poll(effects, { timeout: 10_000 }).toEqual([1, 2, 4]);
  const there = await effects();
  const lost = acknowledged.filter((number) => !there.includes(number)).length;
  const repeated = there.length - new Set(there).size;
  const counts = { sent, acknowledged: acknowledged.length, refused: sent - acknowledged.length };
  reportCounts('events: PostgreSQL, killed', { ...counts, delivered: there.length, repeated, lost });
});
