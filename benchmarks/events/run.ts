/**
 * Events per second, and milliseconds from publish to handler: the adapter for RabbitMQ beside amqplib alone, with the same
 * broker, kind of exchange, queues, confirms and prefetch, in turns so that a noisy machine hits all of them; and the bus
 * on embedded PostgreSQL. Publishing waits for confirms in batches, as the outbox does. See README.md.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusMessage } from '../../packages/runtime/src/events/index.ts';
import { testDatabase } from '../../packages/runtime/src/testing/database.ts';
import startPostgres from '../../tests/setup/postgres.ts';
import { startRabbitMq } from '../../tests/servers/rabbitmq.ts';
import { publish } from '../document.ts';
import { type Contestant, ours, plain } from './contestants.ts';

const EVENTS = Number(process.env['EVENTS'] ?? 10_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
/** Of the last part, which publishes this many events at 100 a second, each by itself. */
const SINGLE = Number(process.env['SINGLE'] ?? 1_000);
const BATCH = 200;

interface Result {
  /** Events per second. */
  readonly published: number;
  readonly handled: number;
  /** Microseconds of this process for an event, published only. */
  readonly cpu: number;
}

const message = (name: string): BusMessage => ({
  id: randomUUID(),
  name,
  source: 'benchmark',
  payload: { bookingId: '0197d0f0-0000-7000-8000-000000000001', nights: 3, title: 'A home by the sea' },
  headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  occurredAt: new Date().toISOString(),
});

/** With `consumed`, until all of them are handled. @returns seconds, and seconds of CPU time. */
async function run(contestant: Contestant, consumed: boolean): Promise<{ time: number; cpu: number }> {
  const event = `e.${randomUUID()}`;
  let left = EVENTS;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const handled = (): void => {
    left -= 1;
    if (left === 0) finish();
  };
  if (consumed) await contestant.consume(randomUUID(), event, handled);
  const batches = Array.from({ length: EVENTS / BATCH }, () =>
    Array.from({ length: BATCH }, () => message(event)),
  );
  const before = process.cpuUsage();
  const started = performance.now();
  for (const batch of batches) await contestant.publish(batch);
  if (consumed) await finished;
  const time = (performance.now() - started) / 1e3;
  const { user, system } = process.cpuUsage(before);
  await contestant.forget();
  return { time, cpu: (user + system) / 1e6 };
}

async function measure(contestant: Contestant): Promise<Result> {
  const publishing = await run(contestant, false);
  const handling = await run(contestant, true);
  return {
    published: EVENTS / publishing.time,
    handled: EVENTS / handling.time,
    cpu: (publishing.cpu / EVENTS) * 1e6,
  };
}

/** @returns milliseconds, sorted. */
async function latencies(contestant: Contestant): Promise<number[]> {
  const event = `e.${randomUUID()}`;
  const begun = new Map<string, number>();
  const taken: number[] = [];
  await contestant.consume(randomUUID(), event, ({ id }) =>
    taken.push(performance.now() - (begun.get(id) ?? 0)),
  );
  for (let count = 0; count < SINGLE; count += 1) {
    const next = message(event);
    begun.set(next.id, performance.now());
    void contestant.publish([next]);
    await sleep(10);
  }
  while (taken.length < SINGLE) await sleep(10);
  await contestant.forget();
  return taken.sort((a, b) => a - b);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const rabbit = await startRabbitMq();
const stopPostgres = await startPostgres();
const database = await testDatabase();
try {
  const contestants = [
    await plain('amqplib, all in the body', rabbit.url, 'body'),
    await plain('amqplib, the same messages', rabbit.url, 'properties'),
    await ours('**hometrip on RabbitMQ**', rabbit.url),
    await ours('hometrip on embedded PostgreSQL', database.url),
  ];
  const results = new Map<Contestant, Result[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contestant of contestants) {
      const result = await measure(contestant);
      // The first round warms up.
      if (round > 0) results.get(contestant)?.push(result);
    }
    console.error(`round ${round} of ${ROUNDS}`);
  }
  const table = [
    `${rabbit.name}; ${EVENTS.toLocaleString('en')} events in batches of ${BATCH}, median of ${ROUNDS} rounds.`,
    '',
    '|  | published/s | × amqplib | handled/s | × amqplib | CPU µs/publish | p50 ms | p99 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  const of = (contestant: Contestant | undefined, field: keyof Result): number =>
    median((contestant && results.get(contestant)?.map((result) => result[field])) ?? []);
  for (const contestant of contestants) {
    const [published, handled] = [of(contestant, 'published'), of(contestant, 'handled')];
    const times = await latencies(contestant);
    const at = (part: number): string => (times[Math.floor(SINGLE * part)] ?? 0).toFixed(1);
    // Beside what sends the same, byte for byte.
    const same = contestants[1];
    table.push(
      `| ${contestant.name} | ${Math.round(published).toLocaleString('en')} | ${(published / of(same, 'published')).toFixed(2)} ` +
        `| ${Math.round(handled).toLocaleString('en')} | ${(handled / of(same, 'handled')).toFixed(2)} ` +
        `| ${of(contestant, 'cpu').toFixed(1)} | ${at(0.5)} | ${at(0.99)} |`,
    );
    await contestant.close();
  }
  publish('events', table.join('\n'));
} finally {
  await database.drop();
  await stopPostgres?.();
  await rabbit[Symbol.asyncDispose]();
}
