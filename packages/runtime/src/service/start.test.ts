import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../log.ts';
import { forbidden } from '../http/problem.ts';
import { noContent, ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { testClient, testIssuer, tokenFor } from '../testing/index.ts';
import { z } from '../openapi/index.ts';
import { defineService } from './definition.ts';
import { type RunningService, start } from './start.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const lines: Record<string, any>[] = [];
const collect = (service: string) =>
  createLogger({
    service,
    instance: `${service}#1`,
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });

/** Publishes its keys, and tells what it was called with. */
const auth = defineService({
  name: 'auth-service',
  version: '1.0.0',
  routes: () => [
    route.get('/auth/jwks', {
      auth: 'public',
      responses: { 200: z.object({ keys: z.array(z.looseObject({})) }) },
      handler: async () =>
        ok({ keys: (await testIssuer()).jwks.keys as unknown as Record<string, unknown>[] }),
    }),
    route.get('/auth/echo', {
      auth: 'public',
      responses: {
        200: z.object({ traceparent: z.string(), requestId: z.string(), authorization: z.string() }),
      },
      handler: ({ raw: { headers } }) =>
        ok({
          traceparent: String(headers['traceparent']),
          requestId: String(headers['x-request-id']),
          authorization: String(headers['authorization']),
        }),
    }),
  ],
});

const caller = defineService({
  name: 'calling-service',
  version: '1.0.0',
  calls: ['auth-service'],
  routes: ({ calls, log }) => [
    route.get('/echo', {
      responses: { 200: z.unknown() },
      async handler({ user }) {
        log.info({ password: 'hunter2', login: { password: 'hunter2' }, user: user.id }, 'calling');
        return ok((await calls['auth-service'].get('/api/v1/auth/echo')).body);
      },
    }),
  ],
  express(app) {
    app.get('/hello', (_request, response) => void response.send('hello'));
    app.get('/closed', () => {
      throw forbidden();
    });
    app.get('/broken', async () => {
      throw new Error('secret');
    });
    app.get('/hello/:name', (_request, response) => void response.send('hello'));
    app.post('/upload', express.json({ limit: 10 }), (_request, response) => void response.send('hello'));
    const rooms = express.Router({ mergeParams: true });
    const doors = express.Router();
    doors.get('/:door', (_request, response) => void response.send('hello'));
    rooms.get('/rooms', (_request, response) => void response.send('hello'));
    rooms.use('/floors/:floor', doors);
    app.use('/shops/:shop', rooms);
    app.use(express.Router().get('/plain/:id', (_request, response) => void response.send('hello')));
    app.get('/slow', (_request, response) => void response.write('hel'));
  },
});

let authority: RunningService;
let service: RunningService;
beforeAll(async () => {
  const { issuer, audience } = await testIssuer();
  authority = await start(auth, { env: {}, log: collect('auth-service'), processMetrics: false });
  const env = {
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    AUTH_JWKS_URL: 'service://auth-service/api/v1/auth/jwks',
    REGISTRY_URL: `static:?auth-service=127.0.0.1:${authority.port}`,
    NODE_ENV: 'test',
  };
  service = await start(caller, { env, log: collect('calling-service') });
});
afterAll(async () => {
  await service.stop();
  await authority.stop();
});

it('names what Express answers by the patterns of its routers, never by what a client wrote', async () => {
  for (const path of [
    '/shops/oslo-4711/rooms',
    '/shops/oslo-4711/floors/floor-4711/door-4711',
    '/plain/id-4711',
  ])
    expect((await fetch(service.url + path)).status).toBe(200);
  const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
  await expect.poll(metrics).toContain('route="/plain/:id"');
  const routes = [...(await metrics()).matchAll(/http_requests_total\{.*route="([^"]*)"/g)].map(
    (match) => match[1],
  );
  expect(routes).toEqual(
    expect.arrayContaining(['/shops/:shop/rooms', '/shops/:shop/*/:door', '/plain/:id']),
  );
  expect(routes.join()).not.toContain('4711');
});

describe('between services', () => {
  it('keys are found through the registry, and the trace, the request id and the caller go along', async () => {
    const token = await tokenFor({ id: 'ann' });
    const { status, body } = await testClient(service.url, token).get('/api/v1/echo', {
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      'x-request-id': 'request-1',
    });
    expect([status, body]).toEqual([
      200,
      { traceparent: expect.any(String), requestId: 'request-1', authorization: `Bearer ${token}` },
    ]);
    const [version, trace, span, flags] = body.traceparent.split('-');
    expect([version, trace, flags]).toEqual(['00', TRACE, '01']);
    expect(span).not.toBe('b7ad6b7169203331');
  });

  it('logs of both carry the ids, and no secrets', () => {
    const found = lines.filter(({ requestId }) => requestId === 'request-1');
    expect(found.map((line) => [line['service'], line['msg'], line['traceId']])).toEqual([
      ['calling-service', 'calling', TRACE],
      ['auth-service', 'request', TRACE],
      ['calling-service', 'request', TRACE],
    ]);
    expect(found[0]).toMatchObject({
      level: 'info',
      password: '[redacted]',
      login: { password: '[redacted]' },
      user: 'ann',
    });
    expect(found[2]).toMatchObject({
      method: 'GET',
      route: '/api/v1/echo',
      status: 200,
      user: 'ann',
      ms: expect.any(Number),
    });
  });

  it('a token is refused where no issuer is configured', async () => {
    const open = await start(caller, { env: {}, log: collect('open') });
    const answer = await testClient(open.url, await tokenFor()).get('/api/v1/echo');
    await open.stop();
    expect(answer.status).toBe(401);
  });

  it('without a registry, a service that calls others says so when it starts', async () => {
    const alone = await start(caller, { env: {}, log: collect('alone') });
    await alone.stop();
    expect(lines).toContainEqual(
      expect.objectContaining({ service: 'alone', setting: 'REGISTRY_URL', calls: ['auth-service'] }),
    );
  });

  it('without a registry, service:// keys are a clear error', async () => {
    const env = { AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a', AUTH_JWKS_URL: 'service://auth-service/jwks' };
    await expect(start(auth, { env, log: collect('x') })).rejects.toThrow(
      'REGISTRY_URL is not set, but AUTH_JWKS_URL is a service:// address',
    );
  });
});

describe('Express behind the routes', () => {
  it.each([
    ['/hello', 200, 'hello'],
    ['/closed', 403, expect.objectContaining({ code: 'forbidden' })],
    [
      '/broken',
      500,
      {
        type: 'urn:problem-type:hometrip:internal',
        title: 'Internal error',
        status: 500,
        code: 'internal',
        requestId: expect.any(String),
      },
    ],
    ['/nothing', 404, expect.objectContaining({ code: 'not-found' })],
    ['/api/v1/echo', 401, expect.objectContaining({ code: 'unauthorized' })],
    ['/hello/%E0%A4%A', 400, expect.objectContaining({ code: 'bad-request' })],
  ])('%s', async (path, status, body) => {
    const answer = await testClient(service.url).get(path);
    expect([answer.status, answer.body]).toEqual([status, body]);
  });

  it.each([
    ['{"a":', 400, 'bad-request'],
    ['{"a":"long enough"}', 413, 'payload-too-large'],
  ])(
    'a body that its middleware refuses is the mistake of whoever sent it: %s',
    async (sent, status, code) => {
      const before = lines.length;
      const answer = await testClient(service.url).post('/upload', sent);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(lines.slice(before).filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it('counts what it answers, and who left before', async () => {
    const metrics = async () => (await testClient(service.url).get('/metrics')).body;
    const abort = new AbortController();
    await fetch(`${service.url}/slow`, { signal: abort.signal });
    expect(await metrics()).toContain('http_requests_in_flight 1');
    abort.abort();
    await expect.poll(metrics).toContain('http_requests_in_flight 0');
    const text = await metrics();
    for (const labels of [
      'method="GET",route="/slow",status="499"',
      'method="GET",route="/hello",status="200"',
      'method="GET",route="/broken",status="500"',
      'method="GET",route="unmatched",status="404"',
    ])
      expect(text).toContain(`http_requests_total{${labels}} 1`);
  });
});

describe('operational endpoints', () => {
  it('show metrics that Prometheus reads: bounded labels, cumulative buckets', async () => {
    const { body, headers } = await testClient(service.url).get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    const values = Object.fromEntries(
      body
        .split('\n')
        .filter((line: string) => line !== '' && !line.startsWith('#'))
        .map((line: string) => {
          const space = line.lastIndexOf(' ');
          return [line.slice(0, space), Number(line.slice(space + 1))];
        }),
    );
    const of = 'method="GET",route="/api/v1/echo"';
    expect(values[`http_requests_total{${of},status="200"}`]).toBe(1);
    expect(values[`http_requests_total{${of},status="401"}`]).toBe(1);
    expect(values[`http_request_duration_seconds_count{${of}}`]).toBe(2);
    expect(values[`http_request_duration_seconds_bucket{${of},le="+Inf"}`]).toBe(2);
    expect(values[`http_request_duration_seconds_sum{${of}}`]).toBeGreaterThan(0);
    expect(values['process_cpu_seconds_total']).toBeGreaterThan(0);
    expect(body).toContain('# TYPE http_request_duration_seconds histogram');
  });

  it('are for reading', async () => {
    expect((await testClient(service.url).post('/metrics', {})).status).toBe(405);
  });
});

describe('a start that fails', () => {
  it('leaves nothing open', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    let stopped = false;
    const definition = defineService({
      name: 'x-service',
      version: '1',
      routes: () => [
        route.get('/x', { auth: 'public', responses: { 204: null }, handler: () => noContent() }),
      ],
      start: () => () => {
        stopped = true;
      },
    });
    await expect(start(definition, { env: { PORT: String(port) }, log: collect('x') })).rejects.toThrow(
      'another process has it',
    );
    taken.close();
    const running = await start(definition, { env: {}, log: collect('x') });
    expect(await running.stop()).toBe(true);
    expect(stopped).toBe(true);
    await expect(fetch(running.url)).rejects.toThrow();
  });
});

describe('a stop', () => {
  it('does not wait for connections on which nothing was asked', async () => {
    const running = await start(auth, { env: {}, log: collect('x'), processMetrics: false });
    const ahead = connect(running.port, running.host);
    await once(ahead, 'connect');
    // Accepted after the one before it.
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    expect(await running.stop()).toBe(true);
  });

  it('ends everything else when one end of it fails, and says what failed', async () => {
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let closed = false;
    const definition = defineService({
      name: 'y-service',
      version: '1',
      routes: (platform) => {
        platform.onStop('drain', () => {
          throw new Error('no way to drain');
        });
        platform.onStop('close', () => {
          closed = true;
        });
        return [
          route.get('/slow', {
            auth: 'public',
            responses: { 204: null },
            async handler() {
              asked.resolve();
              await go.promise;
              return noContent();
            },
          }),
        ];
      },
      start: () => () => Promise.reject(new Error('no way to stop')),
    });
    const running = await start(definition, { env: {}, log: collect('y'), processMetrics: false });
    const slow = testClient(running.url).get('/api/v1/slow');
    await asked.promise;
    const stopping = running.stop();
    let settled = false;
    void stopping.catch(() => undefined).finally(() => (settled = true));
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow();
    expect(settled).toBe(false);
    go.resolve();
    expect((await slow).status).toBe(204);
    expect([await stopping, closed]).toEqual([true, true]);
    const failures = lines.filter(({ service, level }) => service === 'y' && level === 'error');
    expect(failures.map(({ err }) => err.message).sort()).toEqual(['no way to drain', 'no way to stop']);
  });
});

it('a client that was refused and keeps its connection open does not hold the stop up', async () => {
  const running = await start(auth, { env: {}, log: collect('x'), processMetrics: false });
  const client = connect({ host: running.host, port: running.port, allowHalfOpen: true });
  client.on('error', () => undefined).resume();
  client.write('NONSENSE\r\n\r\n');
  await once(client, 'end');
  expect(await running.stop()).toBe(true);
  client.destroy();
}, 15_000);
