import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { runInContext } from '../context.ts';
import { portOptions } from '../testing/port-options.ts';
import { openCalls, type CallPolicy, type Calls, type ServiceClient } from './index.ts';
import { fakeRegistry, listen, type TestInstance } from './testing.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

const start = async (...parameters: Parameters<typeof listen>): Promise<TestInstance> => {
  const instance = await listen(...parameters);
  cleanUp.push(() => instance.close());
  return instance;
};
const connectWith = (
  policy: CallPolicy,
  ...instances: TestInstance[]
): {
  client: ServiceClient;
  registry: ReturnType<typeof fakeRegistry>;
  calls: Calls;
  metrics: () => Promise<string>;
} => {
  const registry = fakeRegistry(instances);
  const options = portOptions();
  const calls = openCalls(registry, ['s'], { ...options, policies: { s: policy } });
  cleanUp.push(() => calls.close());
  const metrics = () => options.metrics.metrics();
  return { client: calls.clients['s'] as ServiceClient, registry, calls, metrics };
};
const connect = (...instances: TestInstance[]) => connectWith({}, ...instances);
const gone = async (): Promise<TestInstance> => {
  const instance = await listen('s#gone');
  await instance.close();
  return instance;
};

it('sends JSON and query, and parses the answer', async () => {
  const server = await start('s#1', async (request, response) => {
    const body = await text(request);
    response.setHeader('content-type', 'application/json; charset=utf-8').writeHead(201);
    response.end(JSON.stringify({ url: request.url, type: request.headers['content-type'], body }));
  });
  const { client } = connect(server);
  const { status, body } = await client.post(
    '/api/v1/x',
    { a: 'ü' },
    { query: { q: 'a&b', page: [1, 2], none: undefined } },
  );
  expect(status).toBe(201);
  expect(body).toEqual({
    url: '/api/v1/x?q=a%26b&page=1&page=2',
    type: 'application/json',
    body: '{"a":"ü"}',
  });
});

it('hands on who asks, for which request, and how long the answer is awaited', async () => {
  const server = await start('s#1');
  const { client } = connect(server);
  const context = {
    requestId: 'r-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: '01',
    deadline: Date.now() + 2_000,
    signal: undefined,
    authorization: 'Bearer t',
  };
  await runInContext(context, () => client.get('/'));
  const headers = server.requests[0]?.headers;
  expect(headers).toMatchObject({
    'x-request-id': 'r-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    authorization: 'Bearer t',
  });
  expect(Number(headers?.['x-request-timeout-ms'])).toBeLessThanOrEqual(2_000);
  await runInContext({ ...context, deadline: Date.now() - 1 }, async () => {
    await expect(client.get('/')).rejects.toMatchObject({ status: 504 });
  });
  await runInContext(context, () => client.get('/', { authorization: null }));
  expect(server.requests.map((request) => request.headers.authorization)).toEqual(['Bearer t', undefined]);
});

it('sends the headers of a call instead of its own, however they are spelt', async () => {
  const server = await start('s#1');
  const { client } = connect(server);
  const context = {
    requestId: 'r-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: '01',
    deadline: undefined,
    signal: undefined,
    authorization: 'Bearer t',
  };
  const headers = {
    'Content-Type': 'application/merge-patch+json',
    Accept: 'text/csv',
    Authorization: 'Basic x',
  };
  await runInContext(context, () => client.patch('/', {}, { headers }));
  expect(server.requests[0]?.headersDistinct).toMatchObject({
    'content-type': ['application/merge-patch+json'],
    accept: ['text/csv'],
    authorization: ['Basic x'],
  });
});

it('returns every status to the caller, and retries none but 502 and 503', async () => {
  const server = await start('s#1', (_, response) => response.writeHead(500).end('oops'));
  const { client } = connect(server);
  expect(await client.get('/')).toMatchObject({ status: 500, body: 'oops' });
  expect(server.requests).toHaveLength(1);
});

it('says so when an answer is not the JSON that it claims to be, and counts it once', async () => {
  const server = await start('s#1', (_, response) =>
    response.setHeader('content-type', 'application/json').end('<html>'),
  );
  const { client, metrics } = connectWith({ attempts: 1 }, server);
  await expect(client.get('/')).rejects.toMatchObject({
    status: 502,
    message: 's answers 200 with what is not JSON.',
  });
  const text = await metrics();
  expect(text).toContain('service_call_duration_seconds_count{target="s",status="2xx"} 1');
  expect(text).not.toContain('status="none"');
});

it.each(['GET', 'PUT', 'DELETE'] as const)(
  'tries a %s on another instance when the first is busy or breaks off',
  async (method) => {
    const busy = await start('s#1', (_, response) => response.writeHead(503).end());
    const broken = await start('s#2', (request) => request.socket.destroy());
    const well = await start('s#3');
    const { client } = connect(busy, broken, well);
    expect(await client.request(method, '/')).toMatchObject({ status: 200, body: 's#3' });
  },
);

it('tries a POST elsewhere only when it was never sent', async () => {
  const well = await start('s#2');
  const first = connect(await gone(), well);
  expect(await first.client.post('/', {})).toMatchObject({ body: 's#2' });

  const broken = await start('s#1', (request) => request.socket.destroy());
  const second = connect(broken);
  await expect(second.client.post('/', {})).rejects.toMatchObject({ status: 502 });
  expect(broken.requests).toHaveLength(1);
  // A key makes it safe only where somebody looks at it, which the caller says.
  const headers = { 'Idempotency-Key': 'k' };
  await expect(second.client.post('/', {}, { headers })).rejects.toMatchObject({ status: 502 });
  expect(broken.requests).toHaveLength(2);
  await expect(second.client.post('/', {}, { headers, idempotent: true })).rejects.toMatchObject({
    status: 502,
  });
  expect(broken.requests).toHaveLength(5);
});

it('stops retrying when most requests fail', async () => {
  const busy = await start('s#1', (_, response) => response.writeHead(503).end());
  const { client } = connectWith({ breaker: false }, busy);
  for (let count = 0; count < 40; count += 1) expect(await client.get('/')).toMatchObject({ status: 503 });
  // 40 requests, 20 retries on credit, and a fifth for each request.
  expect(busy.requests.length).toBeLessThanOrEqual(40 + 20 + 8);
});

it('asks a second instance when the first is slow, and takes the answer that comes first', async () => {
  let slowGone = false;
  const slow = await start('s#1', (request) => request.socket.once('close', () => (slowGone = true)));
  const quick = await start('s#2');
  const { client, metrics } = connectWith({ hedgeAfterMs: 20 }, slow, quick);
  for (let call = 0; call < 4; call += 1) expect((await client.get('/')).body).toBe('s#2');
  expect(slow.requests.length).toBeGreaterThan(0);
  // Whom nobody waits for any more is told so, and it is not held against him.
  await expect.poll(() => slowGone).toBe(true);
  const text = await metrics();
  expect(text).toContain(`service_call_hedges_total{target="s",winner="second"} ${slow.requests.length}`);
  expect(text).not.toContain('service_call_ejections_total{');
  expect(text).not.toContain('status="none"');
});

it('takes the first answer all the same when the second instance only is busy', async () => {
  const slow = await start('s#1', (_, response) => void setTimeout(() => response.end('late'), 100));
  const busy = await start('s#2', (_, response) => response.writeHead(503).end());
  const { client } = connectWith({ hedgeAfterMs: 20, attempts: 1 }, slow, busy);
  expect((await client.get('/')).body).toBe('late');
  expect(busy.requests).toHaveLength(1);
});

it('waits on for a slow answer when no instance is left to ask', async () => {
  const slow = await start('s#1', (_, response) => {
    registry.current = [];
    setTimeout(() => response.end('late'), 60);
  });
  const { client, registry } = connectWith({ hedgeAfterMs: 10, attempts: 1 }, slow);
  expect((await client.get('/')).body).toBe('late');
});

it('asks nobody else when that is not safe, when there is nobody else, or when the budget is spent', async () => {
  const late = (_: unknown, response: ServerResponse) => void setTimeout(() => response.end('late'), 60);
  const [one, other] = [await start('s#1', late), await start('s#2', late)];
  const alone = connectWith({ hedgeAfterMs: 10 }, one);
  await alone.client.get('/');
  expect(one.requests).toHaveLength(1);
  const { client } = connectWith({ hedgeAfterMs: 10 }, one, other);
  await client.post('/', {});
  expect(one.requests.length + other.requests.length).toBe(2);
  await Promise.all(Array.from({ length: 60 }, () => client.get('/')));
  const hedges = one.requests.length + other.requests.length - 2 - 60;
  expect(hedges).toBeGreaterThan(0);
  // Twenty at hand, and one more for every five calls.
  expect(hedges).toBeLessThanOrEqual(20 + 60 / 5);
});

it('gives up at the timeout, without another attempt', async () => {
  const silent = await start('s#1', () => undefined);
  const { client } = connect(silent);
  await expect(client.get('/', { timeoutMs: 50 })).rejects.toMatchObject({ status: 504 });
  expect(silent.requests).toHaveLength(1);
});

it('gives up when the caller does', async () => {
  const silent = await start('s#1', () => undefined);
  const { client } = connect(silent);
  const abort = new AbortController();
  const call = expect(client.get('/', { signal: abort.signal })).rejects.toMatchObject({ status: 504 });
  await expect.poll(() => silent.requests.length).toBe(1);
  abort.abort();
  await call;
});

it('loses no request when instances come and go under load', async () => {
  const answer = (name: string) => (_: unknown, response: import('node:http').ServerResponse) =>
    setTimeout(() => response.end(name), 2);
  let number = 1;
  const next = () => start(`s#${number}`, answer(`s#${number++}`));
  const { client, registry } = connect(await next(), await next());
  let running = true;
  const statuses: unknown[] = [];
  const callers = Array.from({ length: 8 }, async (_, index) => {
    while (running) {
      const call = index % 2 === 0 ? client.get('/') : client.post('/', {});
      statuses.push(
        await call.then(
          ({ status }) => status,
          (error: unknown) => error,
        ),
      );
    }
  });
  for (let round = 0; round < 6; round += 1) {
    const [leaving, ...others] = registry.current as TestInstance[];
    const arriving = await next();
    registry.current = [...others, arriving];
    // As a service drains: nothing new, what is under way ends, idle connections close.
    const answered = () => arriving.requests.length;
    await expect.poll(answered).toBeGreaterThan(20);
    const closed = once(leaving?.server as TestInstance['server'], 'close');
    leaving?.server.close();
    await closed;
  }
  running = false;
  await Promise.all(callers);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(statuses.length).toBeGreaterThan(100);
});

it('leaves an instance out that answers 500 while others do well, and shows that in metrics', async () => {
  const well = await start('s#1');
  const ill = await start('s#2', (_, response) => response.writeHead(500).end());
  const registry = fakeRegistry([well, ill]);
  const options = portOptions();
  const calls = openCalls(registry, ['s'], options);
  cleanUp.push(() => calls.close());
  const client = calls.clients['s'] as ServiceClient;
  for (let count = 0; count < 40; count += 1) await client.get('/');
  expect(ill.requests).toHaveLength(5);
  expect(well.requests).toHaveLength(35);
  const metrics = await options.metrics.metrics();
  expect(metrics).toContain('service_call_ejections_total{target="s",why="failing"} 1');
  expect(metrics).toContain('service_call_instances_ejected{target="s"} 1');
});
