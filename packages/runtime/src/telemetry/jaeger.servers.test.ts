import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJaeger, type JaegerSpan, type TestJaeger } from '../../../../tests/servers/jaeger.ts';
import { startRabbitMq } from '../../../../tests/servers/rabbitmq.ts';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import type { TestServer } from '../../../../tests/servers/server.ts';
import { createLogger } from '../log.ts';
import { spanTree } from '../testing/index.ts';
import { BOOKING_TREE, type Journey, startJourney, WAITS } from './testing/journey.ts';
import { randomHex } from './trace-context.ts';

let jaeger: TestJaeger;
let rabbit: TestServer;
let redis: TestRedis;
let journey: Journey;
const lines: Record<string, any>[] = [];
beforeAll(async () => {
  [jaeger, rabbit, redis] = await Promise.all([startJaeger(), startRabbitMq(), startRedis()]);
  journey = await startJourney({
    events: rabbit.url,
    shared: redis.url,
    // The gateways decide; the services follow.
    env: { TRACES_URL: jaeger.url.href, TRACES_SAMPLE_RATIO: '0' },
    gatewayEnv: { TRACES_SAMPLE_RATIO: '1' },
    log: createLogger({
      service: 'all',
      instance: 'all#1',
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    }),
  });
});
afterAll(async () => {
  await journey.stop();
  await Promise.all([jaeger, rabbit, redis].map((server) => server[Symbol.asyncDispose]()));
  reportProven({ port: 'telemetry', adapter: 'http', server: jaeger.name });
});

/** Books, and asks Jaeger until it knows all of it. */
async function booked(bookingId: string, count: number): Promise<readonly JaegerSpan[]> {
  const traceId = randomHex(16);
  expect(await journey.book(bookingId, traceId)).toBe(201);
  await expect.poll(() => journey.confirmed()).toContain(bookingId);
  const read = async () => (await jaeger.trace(traceId)).filter(({ name }) => name !== WAITS);
  await expect.poll(async () => (await read()).length).toBe(count);
  return read();
}

const treeOf = (spans: readonly JaegerSpan[]) =>
  spanTree(spans.map((span) => ({ ...span, text: `${span.service}: ${span.name}` })));

async function count(metric: string): Promise<number> {
  let sum = 0;
  for (const { metrics } of journey.platforms) {
    const line = (await metrics.metrics()).split('\n').find((text) => text.startsWith(`${metric} `));
    sum += Number(line?.split(' ')[1] ?? 0);
  }
  return sum;
}

describe('a booking, as Jaeger shows it', () => {
  let spans: readonly JaegerSpan[] = [];

  it('leads from the gateway through services, queries and events to the socket', async () => {
    // Makes the tables of the outbox, and fills the cache.
    expect(await journey.book('first', randomHex(16))).toBe(201);
    await redis.flush();
    spans = await booked('shown', BOOKING_TREE.split('\n').length);
    expect(treeOf(spans)).toBe(BOOKING_TREE);
  });

  it('tells what was asked, where, and how it went', () => {
    const attributes = (name: string) => spans.find((span) => span.name === name)?.attributes;
    expect(attributes('GET /api/v1/listings/:id')).toMatchObject({
      'span.kind': 'server',
      'http.route': '/api/v1/listings/:id',
      'http.response.status_code': 200,
    });
    expect(attributes('get cache')).toMatchObject({ 'span.kind': 'client', 'db.system.name': 'redis' });
    expect(attributes('INSERT booking')).toMatchObject({ 'db.system.name': 'postgresql' });
    expect(attributes('publish booking.confirmed')).toMatchObject({
      'span.kind': 'producer',
      'messaging.system': 'rabbitmq',
    });
    expect(attributes('process booking.confirmed')).toMatchObject({ 'span.kind': 'consumer' });
  });

  it('names each instance and its version', () => {
    expect(
      new Set(
        spans.map(
          ({ service, resource }) =>
            `${service} ${resource['service.version']} ${resource['service.instance.id']}`,
        ),
      ),
    ).toEqual(
      new Set([
        'api-gateway 1.0.0 api-gateway#1',
        'booking-service 1.3.0 booking-service#1',
        'listing-service 1.2.0 listing-service#1',
        'websocket-gateway 1.0.0 websocket-gateway#1',
      ]),
    );
  });

  it('takes no longer than what it is part of', () => {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      const parent = byId.get(span.parentId ?? '');
      if (parent === undefined || span.name.startsWith('process') || span.name.startsWith('push')) continue;
      expect(span.startedAt).toBeGreaterThanOrEqual(parent.startedAt - 1_000);
      expect(span.startedAt + span.duration).toBeLessThanOrEqual(parent.startedAt + parent.duration + 1_000);
    }
  });
});

it('bookings go on while Jaeger is killed; what is lost is counted, and said once', async () => {
  const said = (message: string) =>
    lines.filter(({ msg, service }) => msg === message && service === 'all').length;
  await jaeger.kill();
  const statuses = await Promise.all(
    Array.from({ length: 100 }, (_, index) => journey.book(`away-${index}`, randomHex(16))),
  );
  expect(statuses).toEqual(Array.from({ length: 100 }, () => 201));
  // A batch is given up after ten seconds of retries.
  const dropped = 'traces_spans_dropped_total{reason="failed"}';
  await expect.poll(() => count(dropped), { timeout: 40_000 }).toBeGreaterThan(0);
  await expect.poll(() => count('traces_spans_waiting'), { timeout: 40_000 }).toBe(0);
  const lost = await count(dropped);
  await jaeger.start();
  // The listing is in the cache.
  const spans = await booked('back', BOOKING_TREE.split('\n').length - 2);
  expect(spans.map(({ name }) => name)).toContain('INSERT booking');
  expect(await count(dropped)).toBe(lost);
  // Each of the four services for itself.
  expect(said('Traces cannot be sent at the moment; they are dropped')).toBe(4);
  expect(said('Traces are sent again')).toBe(4);
  console.log(
    JSON.stringify({
      booked: statuses.length,
      refused: 0,
      spansLost: lost,
      spansExported: await count('traces_spans_exported_total'),
    }),
  );
});
