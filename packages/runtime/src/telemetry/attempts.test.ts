/** What is tried more than once shows as often as it was tried. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { on } from '../events/contracts.ts';
import { dispatcher } from '../events/dispatch.ts';
import { staysTable, testBackend, testEdge } from '../gateway/testing.ts';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { defineService } from '../service/definition.ts';
import { start } from '../service/start.ts';
import { portOptions, type SpanProbe, spanProbe } from '../testing/index.ts';
import type { Span } from './span.ts';
import { parseTraceParent } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

const shown = ({ name, attributes }: Span): string =>
  [
    name,
    attributes['http.response.status_code'],
    attributes['http.request.resend_count'],
    attributes['error.type'],
  ]
    .map((part) => part ?? '-')
    .join(' ');

/** Answers 503 once, and keeps whose child each request says it is. */
async function busyOnce() {
  const parents: (string | undefined)[] = [];
  const backend = await testBackend(({ headers }, response) => {
    parents.push(parseTraceParent(String(headers['traceparent']))?.parentId);
    response.writeHead(parents.length === 1 ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
  });
  return { ...backend, parents };
}

const clientSpans = (probe: SpanProbe) => probe.spans.filter(({ kind }) => kind === 2);

it('a gateway that passes a request on twice has a span for each', async () => {
  const probe = spanProbe();
  const backend = await busyOnce();
  const edge = await testEdge({
    table: staysTable(),
    instances: { stays: [backend.port, backend.port] },
    tracer: probe,
  });
  expect((await fetch(`${edge.url}/api/v1/stays/7`)).status).toBe(200);
  await expect.poll(() => probe.spans.length).toBe(3);
  expect(probe.tree(shown)).toBe(`GET /api/v1/stays 200 - -
  GET stays 503 - 503
  GET stays 200 1 -`);
  expect(backend.parents).toEqual(clientSpans(probe).map(({ spanId }) => spanId));
  await edge.close();
  await backend.close();
});

it('a call that is repeated has a span for each attempt', async () => {
  const probe = spanProbe();
  const backend = await busyOnce();
  const caller = defineService({
    name: 'calling-service',
    version: '1.0.0',
    calls: ['stay-service'],
    routes: ({ calls }) => [
      route.get('/stay', {
        auth: 'public',
        responses: { 200: z.unknown() },
        handler: async () => ok((await calls['stay-service'].get('/api/v1/stays/7')).body),
      }),
    ],
  });
  const address = `127.0.0.1:${backend.port}`;
  const service = await start(caller, {
    env: { REGISTRY_URL: `static:?stay-service=${address}&stay-service=${address}` },
    log: portOptions().log,
    tracer: probe,
    processMetrics: false,
  });
  expect((await fetch(`${service.url}/api/v1/stay`)).status).toBe(200);
  await expect.poll(() => probe.spans.length).toBe(3);
  expect(probe.tree(shown)).toBe(`GET /api/v1/stay 200 - -
  GET stay-service 503 - 503
  GET stay-service 200 1 -`);
  expect(backend.parents).toEqual(clientSpans(probe).map(({ spanId }) => spanId));
  await service.stop();
  await backend.close();
});

it('an instance that cannot be reached is an error of the attempt', async () => {
  const probe = spanProbe();
  const gone = await testBackend(() => undefined);
  await gone.close();
  const edge = await testEdge({ table: staysTable(), instances: { stays: [gone.port] }, tracer: probe });
  expect((await fetch(`${edge.url}/api/v1/stays/7`)).status).toBe(503);
  await expect
    .poll(() => probe.tree(shown))
    .toBe(`GET /api/v1/stays 503 - 503
  GET stays - - ECONNREFUSED
  GET stays - 1 ECONNREFUSED`);
  await edge.close();
});

it('an event that is tried again has a span for each attempt; failures are kept when nobody sampled them', async () => {
  const probe = spanProbe({ ratio: 0 });
  const contracts = { 'booking.confirmed': z.object({}) };
  let failures = 1;
  const handle = dispatcher(
    [
      on(contracts, 'booking.confirmed', async () => {
        failures -= 1;
        if (failures >= 0) throw new TypeError('the mail of ada@example.com bounced');
      }),
    ],
    {
      group: 'stay-service',
      attempts: 3,
      retry: { base: 1, max: 1 },
      log: portOptions().log,
      metrics: { published: () => undefined, consumed: () => undefined },
      store: undefined,
      system: 'rabbitmq',
      tracer: probe,
    },
  );
  const deliver = (attempt: number, flags: string) => {
    const headers = { traceparent: `00-${TRACE}-${PARENT}-${flags}` };
    const message = { id: '1', name: 'booking.confirmed', source: 'x', payload: {}, headers, occurredAt: '' };
    return handle({ message, attempt });
  };
  await deliver(1, '00');
  await deliver(2, '00');
  await deliver(2, '01');
  expect(
    probe.spans.map(({ name, traceId, parentId, attributes }) => [
      name,
      traceId,
      parentId,
      attributes['messaging.message.delivery_attempt'],
      attributes['error.type'],
    ]),
  ).toEqual([
    ['process booking.confirmed', TRACE, PARENT, 1, 'TypeError'],
    ['process booking.confirmed', TRACE, PARENT, 2, undefined],
  ]);
  expect(JSON.stringify(probe.spans.map(({ attributes }) => attributes))).not.toContain('ada@');
});
