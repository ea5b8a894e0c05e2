import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { z } from 'zod';
import { openDatabase, type Database } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { openEvents } from './index.ts';

const EVENTS = 2_000;
const contracts = { 'counter.raised': z.object({ number: z.int() }) };
const fixture = fileURLToPath(new URL('./testing/consumer.fixture.ts', import.meta.url));

let bus: TestDatabase;
let data: TestDatabase;
let database: Database;
const children: ChildProcess[] = [];
beforeAll(async () => {
  [bus, data] = await Promise.all([testDatabase(), testDatabase()]);
  database = await openDatabase(data.url, portOptions());
  await sql`create table effect (number int not null)`.execute(database.db);
  await sql`create table begun (number int not null)`.execute(database.db);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.close();
  await Promise.all([bus.drop(), data.drop()]);
});

const startConsumer = async (number: number): Promise<ChildProcess> => {
  const env = {
    ...process.env,
    BUS_URL: bus.url.href,
    DATABASE_URL: data.url.href,
    INSTANCE_ID: `counter-service#${number}`,
  };
  const child = spawn(process.execPath, ['--no-warnings', fixture], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
};
const count = async (expression: string): Promise<number> =>
  (await sql<{ value: number }>`select ${sql.raw(expression)} as value`.execute(database.db)).rows[0]
    ?.value ?? 0;
const effects = () => count('(select count(*) from effect)');

it(`has each of ${EVENTS} events take effect exactly once while consumers are killed`, async () => {
  let [first, second] = [await startConsumer(1), await startConsumer(2)];
  const publisher = await openEvents(bus.url, {
    ...portOptions('publisher-service#1'),
    contracts,
    store: database.messages,
  });
  let sent = 0;
  const publishing = (async () => {
    for (let number = 0; number < EVENTS; number += 20) {
      await database.transaction(async (tx) => {
        for (let offset = 0; offset < 20; offset += 1)
          await publisher.publish('counter.raised', { number: number + offset }, tx);
      });
      sent += 20;
    }
  })();
  let kills = 0;
  for (let goal = 150; goal < EVENTS - 150; goal += 300) {
    await expect.poll(effects, { timeout: 30_000, interval: 10 }).toBeGreaterThan(goal);
    const victim = first;
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    kills += 1;
    [first, second] = [second, await startConsumer((kills % 2) + 1)];
  }
  await publishing;
  await expect.poll(effects, { timeout: 30_000 }).toBeGreaterThanOrEqual(EVENTS);

  // A graceful stop settles what it handled: nothing waits afterwards.
  for (const child of [first, second]) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const distinct = await count('(select count(distinct number) from effect)');
  const begun = await count('(select count(*) from begun)');
  const report = {
    kills,
    sent,
    acknowledged: sent - (await database.messages.backlog()).count,
    delivered: begun,
    repeated: begun - EVENTS,
    lost: EVENTS - distinct,
    doubleEffects: (await effects()) - distinct,
  };
  console.log(JSON.stringify(report));
  expect(report).toMatchObject({ sent: EVENTS, acknowledged: EVENTS, lost: 0, doubleEffects: 0 });
  const waiting = await openDatabase(bus.url, portOptions());
  expect((await sql`select from bus_delivery`.execute(waiting.db)).rows).toEqual([]);
  await waiting.close();
  await publisher.close();
}, 120_000);
