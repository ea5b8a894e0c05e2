import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry as Metrics } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type Context, runInContext } from '../context.ts';
import { gatewayTimeout } from '../http/problem.ts';
import { portOptions } from '../testing/port-options.ts';
import { type CallOptions, type CallPolicy, openCalls, type ServiceClient } from './index.ts';
import { fakeRegistry, listen, type TestInstance } from './testing.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const fails: Answer = (_, response) => response.writeHead(503).end();
const works: Answer = (_, response) => response.end('well');

/** A target whose behaviour one changes, and a client with this policy. */
async function target(
  policy: CallPolicy,
  answer: Answer,
): Promise<{
  client: ServiceClient;
  server: TestInstance;
  registry: ReturnType<typeof fakeRegistry>;
  behave(next: Answer): void;
  metric: Metric;
}> {
  let behaviour = answer;
  const server = await listen('s#1', (request, response) => behaviour(request, response));
  const options = portOptions();
  const registry = fakeRegistry([server]);
  const calls = openCalls(registry, ['s'], { ...options, policies: { s: policy } });
  cleanUp.push(
    () => server.close(),
    () => calls.close(),
  );
  return {
    client: calls.clients['s'] as ServiceClient,
    server,
    registry,
    behave: (next) => {
      behaviour = next;
    },
    metric: metricOf(options.metrics),
  };
}

type Metric = (name: string, labels?: Record<string, string>) => Promise<number | undefined>;
function metricOf(metrics: Metrics): Metric {
  return async (name, labels = {}) => {
    const values = (await metrics.getSingleMetric(name)?.get())?.values ?? [];
    return values.find((value) => Object.entries(labels).every(([key, one]) => value.labels[key] === one))
      ?.value;
  };
}

const outcome = (call: Promise<{ status: number }>): Promise<unknown> =>
  call.then(
    ({ status }) => status,
    (error: { code: string }) => error.code,
  );
const CLOSED = 0;
const OPEN = 2;

describe('a circuit breaker', () => {
  const breaker = { minimumCalls: 5, windowMs: 5_000, openMs: 100, maxOpenMs: 200 };
  const policy: CallPolicy = { attempts: 1, timeoutMs: 30_000, breaker };
  const until = async (client: ServiceClient, wanted: unknown, timeoutMs?: number) =>
    expect.poll(() => outcome(client.get('/', { timeoutMs })), { timeout: 15_000 }).toBe(wanted);

  it.each<[string, Answer, number?]>([
    ['fails', fails],
    ['breaks off', (request) => request.socket.destroy()],
    ['hangs', () => undefined, 50],
  ])(
    'leaves a target alone that %s, and comes back when it does',
    { timeout: 30_000 },
    async (_, bad, timeoutMs) => {
      const { client, server, behave, metric } = await target(policy, bad);
      expect(await metric('service_call_breaker_state')).toBe(CLOSED);
      await until(client, 'circuit-open', timeoutMs);
      expect(await metric('service_call_breaker_state')).toBe(OPEN);
      expect(await metric('service_call_refused_total', { by: 'breaker' })).toBeGreaterThan(0);
      const asked = server.requests.length;
      expect(asked).toBeLessThanOrEqual(10);
      behave(works);
      await until(client, 200);
      expect(await metric('service_call_breaker_state')).toBe(CLOSED);
      for (let call = 0; call < 20; call += 1) expect(await outcome(client.get('/'))).toBe(200);
    },
  );

  it('sends one call to find out, and refuses the others meanwhile', async () => {
    const { client, server, behave, metric } = await target(policy, fails);
    await until(client, 'circuit-open');
    let release: () => void = () => undefined;
    behave((_, response) => {
      release = () => response.end('well');
    });
    const asked = server.requests.length;
    const first: { settled: unknown }[] = [];
    // The first one that is let through waits for its answer.
    await expect
      .poll(async () => {
        const call = { settled: undefined as unknown };
        first.push(call);
        void outcome(client.get('/')).then((result) => (call.settled = result));
        await new Promise((resolve) => setTimeout(resolve, 20));
        return server.requests.length;
      })
      .toBe(asked + 1);
    const others = await Promise.all(Array.from({ length: 20 }, () => outcome(client.get('/'))));
    expect(new Set(others)).toEqual(new Set(['circuit-open']));
    expect(server.requests.length).toBe(asked + 1);
    release();
    await expect.poll(() => metric('service_call_breaker_state')).toBe(CLOSED);
    await expect.poll(() => first.filter(({ settled }) => settled === 200)).toHaveLength(1);
  });

  it.each([400, 404, 409, 429, 500])('takes %s for an answer like any other', async (status) => {
    const { client } = await target(policy, (_, response) => response.writeHead(status).end());
    for (let call = 0; call < 20; call += 1) expect(await outcome(client.get('/'))).toBe(status);
  });

  it.each<[string, unknown]>([
    ['without a reason', undefined],
    ['since their own time is over', gatewayTimeout('The time that the caller gave is over.')],
    ['for a reason of their own', 'no longer needed'],
  ])('does not take callers that give up %s for a target that fails', async (_, reason) => {
    const { client, server, behave, metric } = await target(
      { ...policy, timeoutMs: 60_000 },
      () => undefined,
    );
    for (let call = 1; call <= 20; call += 1) {
      const abort = new AbortController();
      const result = outcome(client.get('/', { signal: abort.signal }));
      await expect.poll(() => server.requests.length).toBe(call);
      abort.abort(reason);
      expect(await result).toBe('gateway-timeout');
    }
    behave(works);
    expect(await outcome(client.get('/'))).toBe(200);
    expect(await metric('service_call_breaker_state')).toBe(CLOSED);
  });

  it('does not take a client that leaves no time for a target that fails', async () => {
    // A service that works within the client's time, and says that it is over.
    const { client, behave, metric } = await target(policy, (_, response) => response.writeHead(504).end());
    const context = (hurried: boolean) =>
      ({ deadline: Date.now() + 20_000, hurried, requestId: 'r', traceId: '', spanId: '' }) as Context;
    for (let call = 0; call < 20; call += 1)
      expect(await runInContext(context(true), () => outcome(client.get('/')))).toBe(504);
    expect(await metric('service_call_breaker_state')).toBe(CLOSED);
    // The same answers within a time that the platform chose.
    for (let call = 0; call < 10; call += 1)
      await runInContext(context(false), () => outcome(client.get('/')));
    expect(await metric('service_call_breaker_state')).toBe(OPEN);
    behave(works);
  });

  it('passes on whose time it is', async () => {
    const { client, server } = await target(policy, works);
    for (const hurried of [true, false]) {
      const context = { deadline: Date.now() + 20_000, hurried, requestId: 'r' } as Context;
      await runInContext(context, () => client.get('/'));
    }
    expect(server.requests.map(({ headers }) => headers['x-request-timeout-by'])).toEqual([
      undefined,
      'platform',
    ]);
  });

  it('does not take a target that nobody found for one that is well again', async () => {
    const { client, registry, metric } = await target(policy, fails);
    await until(client, 'circuit-open');
    registry.current = [];
    await until(client, 'no-instance');
    expect(await metric('service_call_breaker_state')).toBe(OPEN);
    expect(await outcome(client.get('/'))).toBe('circuit-open');
  });

  it.each<[string, string, CallOptions]>([
    ['a body that is no JSON', '/', { body: { count: 1n } }],
    ['a path that nobody encoded', '/listings/my place', {}],
    ['a header of two lines', '/', { headers: { 'x-note': 'one\ntwo' } }],
  ])('does not take %s for a target that fails', async (_, path, options) => {
    const { client, metric } = await target(policy, works);
    for (let call = 0; call < 20; call += 1)
      await expect(client.request('PUT', path, options)).rejects.not.toMatchObject({ status: 502 });
    expect(await outcome(client.get('/'))).toBe(200);
    expect(await metric('service_call_breaker_state')).toBe(CLOSED);
    expect(await metric('service_call_duration_seconds', { status: 'none' })).toBeUndefined();
  });

  it('survives a target that is killed and comes back on the same port', async () => {
    const { client, server } = await target(policy, works);
    expect(await outcome(client.get('/'))).toBe(200);
    await server.close();
    await until(client, 'circuit-open');
    const again = createServer(works).listen(server.port, '127.0.0.1');
    cleanUp.unshift(async () => void again.close());
    await until(client, 200);
  });
});

describe('a bulkhead', () => {
  const bulkhead = { concurrent: 2, queued: 1 };
  /** Answers when it is told to. */
  const held = () => {
    const waiting: { request: IncomingMessage; response: ServerResponse }[] = [];
    return {
      waiting,
      answer: (request: IncomingMessage, response: ServerResponse) =>
        void waiting.push({ request, response }),
    };
  };

  it('lets so many calls through, some wait, and refuses the rest at once', async () => {
    const { waiting, answer } = held();
    const { client, metric } = await target({ bulkhead, timeoutMs: 30_000 }, answer);
    const calls = [1, 2, 3].map(() => outcome(client.get('/')));
    await expect.poll(() => waiting.length).toBe(2);
    expect(await outcome(client.get('/'))).toBe('too-many-calls');
    expect(await metric('service_call_bulkhead', { state: 'active' })).toBe(2);
    expect(await metric('service_call_bulkhead', { state: 'queued' })).toBe(1);
    expect(await metric('service_call_refused_total', { by: 'bulkhead' })).toBe(1);
    waiting.shift()?.response.end();
    await expect.poll(() => waiting.length).toBe(2);
    for (const { response } of waiting) response.end();
    expect(await Promise.all(calls)).toEqual([200, 200, 200]);
    expect(await metric('service_call_bulkhead', { state: 'active' })).toBe(0);
  });

  it('lets nobody wait for longer than their time', async () => {
    const { waiting, answer } = held();
    const { client, server } = await target({ bulkhead, timeoutMs: 30_000 }, answer);
    const calls = [1, 2].map(() => outcome(client.get('/')));
    await expect.poll(() => waiting.length).toBe(2);
    expect(await outcome(client.get('/', { timeoutMs: 50 }))).toBe('gateway-timeout');
    for (const { response } of waiting) response.end();
    await Promise.all(calls);
    expect(server.requests.length).toBe(2);
  });

  it('makes a call that waited in the name of its own caller', async () => {
    const { waiting, answer } = held();
    const { client } = await target({ bulkhead: { concurrent: 1, queued: 5 }, timeoutMs: 30_000 }, answer);
    const context = (name: string): Context => ({
      requestId: name,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: '01',
      deadline: undefined,
      signal: undefined,
      authorization: `Bearer ${name}`,
    });
    const names = ['ann', 'bob', 'cem'];
    const calls = names.map((name) => runInContext(context(name), () => outcome(client.get(`/${name}`))));
    const seen: unknown[] = [];
    for (const _ of names) {
      await expect.poll(() => waiting.length).toBe(1);
      const { request, response } = waiting.shift() as (typeof waiting)[number];
      seen.push([request.url, request.headers.authorization, request.headers['x-request-id']]);
      response.end();
    }
    await Promise.all(calls);
    expect(seen).toEqual(names.map((name) => [`/${name}`, `Bearer ${name}`, name]));
  });

  it('keeps a slow target from holding up the others', async () => {
    const { waiting, answer } = held();
    const [slow, quick] = [await listen('slow#1', answer), await listen('quick#1')];
    const registry = fakeRegistry();
    registry.instances = async (service) => (service === 'slow' ? [slow] : [quick]);
    const policies = { slow: { bulkhead: { concurrent: 1, queued: 0 } } };
    const calls = openCalls(registry, ['slow', 'quick'], { ...portOptions(), policies });
    const hanging = outcome((calls.clients['slow'] as ServiceClient).get('/'));
    await expect.poll(() => waiting.length).toBe(1);
    expect(await outcome((calls.clients['slow'] as ServiceClient).get('/'))).toBe('too-many-calls');
    expect(await outcome((calls.clients['quick'] as ServiceClient).get('/'))).toBe(200);
    waiting[0]?.response.end();
    await hanging;
    await Promise.all([calls.close(), slow.close(), quick.close()]);
  });
});

describe('a fallback', () => {
  const policy: CallPolicy = { attempts: 1, breaker: { minimumCalls: 5, windowMs: 5_000, openMs: 60_000 } };
  const fallback = (reason: { code: string }) => ({ instead: reason.code });

  it.each<[string, Answer, string, number?]>([
    ['answers 503', fails, 'bad-gateway'],
    ['breaks off', (request) => request.socket.destroy(), 'bad-gateway'],
    ['hangs', () => undefined, 'gateway-timeout', 50],
  ])('stands in for a target that %s, and for one that is left alone', async (_, bad, reason, timeoutMs) => {
    const { client, server, metric } = await target(policy, bad);
    const ask = () => client.get<{ instead: string }>('/', { fallback, timeoutMs });
    expect(await ask()).toMatchObject({ body: { instead: reason }, fallback: true });
    await expect.poll(async () => (await ask()).body.instead).toBe('circuit-open');
    expect(await metric('service_call_fallbacks_total')).toBeGreaterThan(server.requests.length);
  });

  it('stands in for a service without instances', async () => {
    const calls = openCalls(fakeRegistry(), ['s'], portOptions());
    expect((await calls.clients['s']?.get('/', { fallback }))?.body).toEqual({ instead: 'no-instance' });
    await calls.close();
  });

  it.each([200, 404, 500])('leaves the answer %s alone', async (status) => {
    const { client } = await target(policy, (_, response) => response.writeHead(status).end('own'));
    expect(await client.get<unknown>('/', { fallback })).toMatchObject({ status, body: 'own' });
  });

  it('is not asked for a caller that gave up', async () => {
    const { client, server } = await target(policy, () => undefined);
    const abort = new AbortController();
    const call = outcome(client.get<unknown>('/', { fallback, signal: abort.signal }));
    await expect.poll(() => server.requests.length).toBe(1);
    abort.abort();
    expect(await call).toBe('gateway-timeout');
  });
});
