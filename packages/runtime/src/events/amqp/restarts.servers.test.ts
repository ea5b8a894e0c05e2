import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { z } from 'zod';
import { reportCounts } from '../../../../../tests/servers/counts.ts';
import { startRabbitMq } from '../../../../../tests/servers/rabbitmq.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { cuttable, type Cuttable } from '../../../../../tests/servers/cuttable.ts';
import type { TestServer } from '../../../../../tests/servers/server.ts';
import { openDatabase } from '../../database/index.ts';
import { testDatabase } from '../../testing/database.ts';
import { portOptions } from '../../testing/port-options.ts';
import { on, openBus, openEvents, type BusAdapter, type BusMessage } from '../index.ts';
import { testKilledConsumers } from '../testing/killed-consumers.ts';

let server: TestServer;
let line: Cuttable;
beforeAll(async () => {
  server = await startRabbitMq();
  line = await cuttable(server.url);
});
afterAll(async () => {
  reportProven({ port: 'events', adapter: 'amqp', server: server.name });
  await line[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const message = (name: string, number: number): BusMessage => ({
  id: randomUUID(),
  name,
  source: 'test',
  payload: { number },
  headers: {},
  occurredAt: '2026-07-01T10:00:00.000Z',
});

/** Publishes without a break, each message once, and keeps what the bus said to it. */
function publishing(bus: BusAdapter, event: string, pace = 32) {
  const acknowledged = new Set<string>();
  let [sent, rejected, stopped] = [0, 0, false];
  const lane = async (): Promise<void> => {
    while (!stopped) {
      const next = message(event, sent);
      sent += 1;
      try {
        await bus.publish([next]);
        acknowledged.add(next.id);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BrokerUnavailableError' });
        rejected += 1;
      }
    }
  };
  const lanes = Array.from({ length: pace }, lane);
  const stop = async (): Promise<{ sent: number; rejected: number }> => {
    stopped = true;
    await Promise.all(lanes);
    return { sent, rejected };
  };
  return { acknowledged, stop };
}

async function underLoad(what: string, url: URL, disturb: (delivered: () => number) => Promise<void>) {
  const [event, group] = [`e.${randomUUID()}`, `g.${randomUUID()}`];
  const [publisher, consumer] = await Promise.all([
    openBus(url, portOptions('publisher#1')),
    openBus(url, portOptions('consumer#1')),
  ]);
  const begun = new Map<string, number>();
  await consumer.subscribe({ group, events: [event], concurrency: 16 }, async ({ message: { id } }) => {
    begun.set(id, (begun.get(id) ?? 0) + 1);
    return { kind: 'done' };
  });
  const load = publishing(publisher, event);
  await disturb(() => begun.size);
  const { sent, rejected } = await load.stop();
  const missing = () => [...load.acknowledged].filter((id) => !begun.has(id)).length;
  await expect.poll(missing, { timeout: 20_000 }).toBe(0);
  await expect.poll(() => consumer.lag(group), { timeout: 20_000 }).toMatchObject({ waiting: 0, dead: 0 });
  const repeated = [...begun.values()].filter((times) => times > 1).length;
  const acknowledged = load.acknowledged.size;
  const counts = { sent, acknowledged, refused: rejected, delivered: begun.size, repeated };
  const report = { ...counts, lost: missing() };
  reportCounts(`events: ${server.name}, ${what}`, report);
  await Promise.all([publisher.close(), consumer.close()]);
  return report;
}

const more = async (delivered: () => number): Promise<void> => {
  const before = delivered();
  await expect.poll(delivered, { timeout: 20_000 }).toBeGreaterThan(before + 500);
};

describe('RabbitMQ that goes away', () => {
  it('loses nothing that was acknowledged when it is stopped and killed, and goes on by itself', async () => {
    const counts = await underLoad('stopped and killed', server.url, async (delivered) => {
      for (const end of [server.stop, server.kill]) {
        await more(delivered);
        await end();
        await server.start();
      }
      await more(delivered);
    });
    expect(counts).toMatchObject({ lost: 0, sent: counts.acknowledged + counts.refused });
    expect(counts.refused).toBeGreaterThan(0);
  });

  it('loses nothing that was acknowledged when connections are cut, again and again', async () => {
    const counts = await underLoad(
      'publishing and consuming cut off 10 times',
      line.url,
      async (delivered) => {
        for (let cut = 0; cut < 10; cut += 1) {
          await more(delivered);
          line.cut();
        }
        await more(delivered);
      },
    );
    expect(counts).toMatchObject({ lost: 0, sent: counts.acknowledged + counts.refused });
    expect(counts.refused).toBeGreaterThan(0);
  });

  it('tells the publisher, is not ready, and is both again afterwards', async () => {
    const bus = await openBus(line.url, { ...portOptions(), reconnectMs: 300 });
    await bus.publish([message('e.ready', 1)]);
    await bus.check?.();
    await line.close();
    await expect.poll(() => bus.check?.().catch(() => 'away')).toBe('away');
    await expect(bus.lag('g')).rejects.toThrow('RabbitMQ cannot be reached');
    await expect(bus.publish([message('e.ready', 2)])).rejects.toMatchObject({ code: 'ECONNRESET' });
    await line.open();
    await expect.poll(() => bus.check?.().then(() => 'there'), { timeout: 10_000 }).toBe('there');
    await bus.publish([message('e.ready', 3)]);
    await bus.close();
  });

  it('keeps events in the outbox of a service meanwhile, and has each take effect once', async () => {
    const contracts = { 'booking.confirmed': z.object({ number: z.int() }) };
    const data = await testDatabase();
    const database = await openDatabase(data.url, portOptions());
    await sql`create table effect (number int not null)`.execute(database.db);
    const options = { ...portOptions('booking-service#1'), contracts, store: database.messages };
    const events = await openEvents(line.url, options);
    await events.consume([
      on(contracts, 'booking.confirmed', async ({ number }, { tx }) => {
        await tx.insertInto('effect').values({ number }).execute();
      }),
    ]);
    const publish = (number: number) =>
      database.transaction((tx) => events.publish('booking.confirmed', { number }, tx));
    await publish(0);
    await line.close();
    for (let number = 1; number < 50; number += 1) await publish(number);
    await line.open();
    await publish(50);
    const effects = async () =>
      (
        await sql<{ number: number }>`select number from effect order by number`.execute(database.db)
      ).rows.map(({ number }) => number);
    await expect
      .poll(effects, { timeout: 20_000 })
      .toEqual(Array.from({ length: 51 }, (_, number) => number));
    const { count: left } = await database.messages.backlog();
    const there = await effects();
    const distinct = new Set(there).size;
    const counts = { sent: 51, acknowledged: 51 - left, refused: 0, delivered: there.length };
    reportCounts(`outbox: ${server.name}, away while 49 events are committed`, {
      ...counts,
      repeated: there.length - distinct,
      lost: 51 - distinct,
    });
    expect(left).toBe(0);
    await events.close();
    await database.close();
    await data.drop();
  });
});

describe('consumers that are killed', () => {
  testKilledConsumers(() => ({ name: server.name, url: server.url }), 1_000);
});
