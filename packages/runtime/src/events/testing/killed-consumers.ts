/** Consumers are killed between their effects and the acknowledgement, over any bus. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import { z } from 'zod';
import { reportCounts } from '../../../../../tests/servers/counts.ts';
import { openDatabase, type Database } from '../../database/index.ts';
import { testDatabase, type TestDatabase } from '../../testing/database.ts';
import { portOptions } from '../../testing/port-options.ts';
import { openBus, openEvents } from '../index.ts';

const contracts = { 'counter.raised': z.object({ number: z.int() }) };
const fixture = fileURLToPath(new URL('./consumer.fixture.ts', import.meta.url));

/** @param bus Asked when the test begins. */
export function testKilledConsumers(bus: () => { name: string; url: URL }, total = 2_000): void {
  const busUrl = () => bus().url;
  let data: TestDatabase;
  let database: Database;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    data = await testDatabase();
    database = await openDatabase(data.url, portOptions());
    await sql`create table effect (number int not null)`.execute(database.db);
    await sql`create table begun (number int not null)`.execute(database.db);
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await database.close();
    await data.drop();
  });

  const startConsumer = async (number: number): Promise<ChildProcess> => {
    const env = {
      ...process.env,
      BUS_URL: busUrl().href,
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

  it(`has each of ${total} events take effect exactly once while consumers are killed`, async () => {
    let [first, second] = [await startConsumer(1), await startConsumer(2)];
    const publisher = await openEvents(busUrl(), {
      ...portOptions('publisher-service#1'),
      contracts,
      store: database.messages,
    });
    let sent = 0;
    const publishing = (async () => {
      for (let number = 0; number < total; number += 20) {
        await database.transaction(async (tx) => {
          for (let offset = 0; offset < 20; offset += 1)
            await publisher.publish('counter.raised', { number: number + offset }, tx);
        });
        sent += 20;
      }
    })();
    let kills = 0;
    for (let goal = 150; goal < total - 150; goal += 300) {
      await expect.poll(effects, { timeout: 30_000, interval: 10 }).toBeGreaterThan(goal);
      const victim = first;
      victim.kill('SIGKILL');
      await once(victim, 'exit');
      kills += 1;
      [first, second] = [second, await startConsumer((kills % 2) + 1)];
    }
    await publishing;
    await expect.poll(effects, { timeout: 30_000 }).toBeGreaterThanOrEqual(total);

    // A graceful stop settles what it handled: nothing waits afterwards.
    for (const child of [first, second]) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    const distinct = await count('(select count(distinct number) from effect)');
    const begun = await count('(select count(*) from begun)');
    const report = {
      sent,
      acknowledged: sent - (await database.messages.backlog()).count,
      refused: 0,
      delivered: distinct,
      // Handlers that began again. Their effects did not happen again.
      repeated: begun - total,
      lost: total - distinct,
    };
    reportCounts(`effects: ${bus().name}, consumers killed ${kills} times`, report);
    expect(report).toMatchObject({ sent: total, acknowledged: total, lost: 0 });
    expect(await effects()).toBe(distinct);
    const after = await openBus(busUrl(), portOptions());
    expect(await after.lag('counter-service')).toEqual({ waiting: 0, seconds: 0, dead: 0 });
    await after.close();
    await publisher.close();
  }, 120_000);
}
