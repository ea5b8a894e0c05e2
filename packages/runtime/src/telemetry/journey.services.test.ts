import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SpanProbe, spanProbe, testDatabase, type TestDatabase } from '../testing/index.ts';
import type { Span } from './span.ts';
import { type Journey, startJourney, WAITS } from './testing/journey.ts';
import { randomHex } from './trace-context.ts';

let database: TestDatabase;
let probe: SpanProbe;
let journey: Journey;
beforeAll(async () => {
  database = await testDatabase();
  probe = spanProbe();
  journey = await startJourney({ events: database.url, shared: database.url, tracer: probe });
});
afterAll(async () => {
  await journey.stop();
  await database.drop();
});

/** The spans of one trace below its first. */
async function traceOf(bookingId: string): Promise<Span[]> {
  const traceId = randomHex(16);
  expect(await journey.book(bookingId, traceId)).toBe(201);
  await expect.poll(() => journey.confirmed()).toContain(bookingId);
  const spans = () => probe.spans.filter((span) => span.traceId === traceId && span.name !== WAITS);
  await expect.poll(() => spans().map(({ name }) => name)).toContain('process booking.confirmed');
  return spans();
}

it('one trace leads from the gateway through services, queries and events to the socket', async () => {
  // Tables of the outbox are made, and the cache is filled.
  await traceOf('first');
  const spans = await traceOf('second');
  expect(spanProbeOf(spans).tree()).toBe(`POST /api/v1/bookings
  POST bookings
    POST /api/v1/bookings
      GET listing-service
        GET /api/v1/listings/:id
          get cache
            SELECT cache_entry
      price the stay
      transaction
        BEGIN
        INSERT booking
        publish booking.confirmed
          INSERT outbox
          process booking.confirmed
            append pubsub
            push booking.confirmed
        COMMIT`);
});

it('spans say where they were, and no value of a query', async () => {
  const spans = await traceOf('third');
  const attributes = (name: string) => spans.find((span) => span.name === name)?.attributes;
  expect(attributes('INSERT booking')).toEqual({
    'db.system.name': 'postgresql',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'booking',
  });
  expect(attributes('GET listing-service')).toEqual({
    'http.request.method': 'GET',
    'service.peer.name': 'listing-service',
    'server.address': '127.0.0.1',
    'server.port': expect.any(Number),
    'http.response.status_code': 200,
  });
  expect(attributes('publish booking.confirmed')).toEqual({
    'messaging.system': 'postgresql',
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'publish',
    'messaging.destination.name': 'booking.confirmed',
  });
  expect(attributes('process booking.confirmed')).toMatchObject({
    'messaging.consumer.group.name': 'websocket-gateway',
    'messaging.message.delivery_attempt': 1,
  });
  expect(attributes('push booking.confirmed')).toMatchObject({
    'messaging.system': 'websocket',
    'messaging.destination.name': 'booking.confirmed',
  });
  expect(JSON.stringify(spans.map((span) => span.attributes))).not.toMatch(/third|guest-ada/);
});

it('what goes over the socket tells nothing of traces', () => {
  const [event] = journey.messages().filter(({ type }) => type === 'event');
  expect(Object.keys(event as object).sort()).toEqual(['at', 'data', 'event', 'id', 'position', 'type']);
});

it('the handshake of a socket is a request', () => {
  const handshake = probe.spans.find(({ name }) => name === 'GET /ws');
  expect(handshake?.attributes).toMatchObject({ 'http.response.status_code': 101, 'url.path': '/ws' });
});

it('with a failing query, its span and all above say so', async () => {
  const traceId = randomHex(16);
  // A booking of that id is there.
  expect(await journey.book('third', traceId)).toBe(500);
  const spans = () => probe.spans.filter((span) => span.traceId === traceId && span.name !== WAITS);
  await expect.poll(() => spans().map(({ name, kind }) => `${kind} ${name}`)).toContain('2 POST bookings');
  expect(
    spans()
      .filter(({ failed }) => failed)
      .map(({ name, attributes }) => `${name}: ${attributes['error.type']}`)
      .sort(),
  ).toEqual([
    'INSERT booking: 23505',
    'POST /api/v1/bookings: 500',
    'POST /api/v1/bookings: 500',
    'POST bookings: 500',
    'transaction: 23505',
  ]);
});

it('codes that clients make up when they hang up are one label', async () => {
  const [, , , pusher] = journey.platforms;
  journey.hangUp(4999);
  await expect.poll(() => pusher?.metrics.metrics()).toContain('websocket_closed_total{code="other"} 1');
});

function spanProbeOf(spans: readonly Span[]): SpanProbe {
  const selected = spanProbe();
  for (const span of spans) selected.ended(span);
  return selected;
}
