/**
 * Events per second over RabbitMQ: the adapter beside amqplib alone, with the same exchange, queues, confirms and
 * prefetch, in turns so that a noisy machine hits both. Publishing waits for confirms in batches, as the outbox does;
 * then the same with a consumer. Last the time from publish to handler at a moderate rate.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBus, type BusMessage } from '../../packages/runtime/src/events/index.ts';
import { portOptions } from '../../packages/runtime/src/testing/port-options.ts';
import { startRabbitMq } from '../../tests/servers/rabbitmq.ts';

// The runtime's dependency, not the root's.
const { connect } = createRequire(new URL('../../packages/runtime/package.json', import.meta.url))(
  'amqplib',
) as typeof import('../../packages/runtime/node_modules/amqplib/index.d.ts');

const EVENTS = Number(process.env['EVENTS'] ?? 20_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const BATCH = 200;
const CONCURRENCY = 64;

interface Contestant {
  publish(messages: readonly BusMessage[]): Promise<void>;
  /** Calls back for each event, and acknowledges it. */
  consume(group: string, event: string, handled: (message: BusMessage) => void): Promise<void>;
  close(): Promise<void>;
}

async function plain(url: URL): Promise<Contestant> {
  const connection = await connect(url.href, { noDelay: true });
  const publisher = await connection.createConfirmChannel();
  const consumer = await connection.createChannel();
  await publisher.assertExchange('plain', 'topic', { durable: true });
  return {
    async publish(messages) {
      for (const message of messages)
        publisher.publish('plain', message.name, Buffer.from(JSON.stringify(message)), {
          persistent: true,
          messageId: message.id,
        });
      await publisher.waitForConfirms();
    },
    async consume(group, event, handled) {
      const queue = `plain.${group}`;
      await consumer.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      await consumer.bindQueue(queue, 'plain', event);
      await consumer.prefetch(CONCURRENCY * 2);
      await consumer.consume(queue, (raw) => {
        if (raw === null) return;
        handled(JSON.parse(raw.content.toString()) as BusMessage);
        consumer.ack(raw);
      });
    },
    close: () => connection.close(),
  };
}

async function adapter(url: URL): Promise<Contestant> {
  const bus = await openBus(url, portOptions('benchmark#1'));
  return {
    publish: (messages) => bus.publish(messages),
    async consume(group, event, handled) {
      await bus.subscribe({ group, events: [event], concurrency: CONCURRENCY }, async ({ message }) => {
        handled(message);
        return { kind: 'done' };
      });
    },
    close: () => bus.close(),
  };
}

const message = (name: string): BusMessage => ({
  id: randomUUID(),
  name,
  source: 'benchmark',
  payload: { bookingId: '0197d0f0-0000-7000-8000-000000000001', nights: 3, title: 'A home by the sea' },
  headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  occurredAt: new Date().toISOString(),
});

/** With `consumed`, until all of them are handled. @returns events per second. */
async function rate(contestant: Contestant, consumed: boolean): Promise<number> {
  const event = `e.${randomUUID()}`;
  let left = EVENTS;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const handled = (): void => {
    left -= 1;
    if (left === 0) finish();
  };
  if (consumed) await contestant.consume(randomUUID(), event, handled);
  else await contestant.consume(randomUUID(), `${event}.none`, handled);
  const batches = Array.from({ length: EVENTS / BATCH }, () =>
    Array.from({ length: BATCH }, () => message(event)),
  );
  const started = performance.now();
  for (const batch of batches) await contestant.publish(batch);
  if (consumed) await finished;
  return (EVENTS / (performance.now() - started)) * 1_000;
}

/** At 200 events a second, each published alone. @returns milliseconds, sorted. */
async function latencies(contestant: Contestant): Promise<number[]> {
  const event = `e.${randomUUID()}`;
  const begun = new Map<string, number>();
  const taken: number[] = [];
  await contestant.consume(randomUUID(), event, ({ id }) =>
    taken.push(performance.now() - (begun.get(id) ?? 0)),
  );
  for (let count = 0; count < 1_000; count += 1) {
    const next = message(event);
    begun.set(next.id, performance.now());
    void contestant.publish([next]);
    await sleep(5);
  }
  while (taken.length < 1_000) await sleep(10);
  return taken.sort((a, b) => a - b);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const server = await startRabbitMq();
try {
  const contestants = { amqplib: await plain(server.url), adapter: await adapter(server.url) };
  const rates = new Map<string, number[]>();
  const kinds = ['published', 'handled'] as const;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      for (const kind of kinds) {
        const result = await rate(contestant, kind === 'handled');
        // The first round warms up.
        if (round > 0) rates.set(`${name} ${kind}`, [...(rates.get(`${name} ${kind}`) ?? []), result]);
      }
    }
  }
  console.log(
    `${server.name}, ${EVENTS} events in batches of ${BATCH}, median of ${ROUNDS} rounds, events/s`,
  );
  console.log('            published   handled   p50 ms   p99 ms');
  for (const [name, contestant] of Object.entries(contestants)) {
    const [published, handled] = kinds.map((kind) => Math.round(median(rates.get(`${name} ${kind}`) ?? [])));
    const times = await latencies(contestant);
    const [p50, p99] = [times[500] ?? 0, times[990] ?? 0].map((time) => time.toFixed(1).padStart(8));
    console.log(
      `${name.padEnd(12)}${String(published).padStart(9)} ${String(handled).padStart(9)} ${p50} ${p99}`,
    );
    await contestant.close();
  }
} finally {
  await server[Symbol.asyncDispose]();
}
