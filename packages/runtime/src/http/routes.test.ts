import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  content,
  created,
  currentContext,
  defineService,
  IdParams,
  listQuery,
  noContent,
  notFound,
  ok,
  requireOwner,
  page,
  route,
  z,
} from '../index.ts';
import { startService, type TestService } from '../testing/index.ts';

const ID = '01980000-0000-7000-8000-000000000001';
const Thing = z
  .object({ id: z.uuid(), title: z.string(), tags: z.array(z.string()), revision: z.int() })
  .meta({ id: 'Thing' });
const thing = { id: ID, title: 'Attic', tags: ['quiet'], revision: 3 };
let aborted: Promise<unknown> = Promise.resolve();

const things = defineService({
  name: 'thing-service',
  version: '1.0.0',
  routes: () => [
    route.get('/things', {
      auth: 'public',
      query: listQuery({
        filters: z.object({
          rooms: z.int().optional(),
          open: z.boolean().optional(),
          tags: z.array(z.string()).optional(),
        }),
        sortable: ['title'],
      }),
      responses: {
        200: z.object({ limit: z.int(), sort: z.string(), filters: z.record(z.string(), z.unknown()) }),
      },
      handler: ({ query }) => ok({ limit: query.limit, sort: query.sort, filters: { ...query.filters } }),
    }),
    route.post('/things', {
      auth: 'user',
      body: z.strictObject({
        title: z.string().min(1),
        price: z.strictObject({ amount: z.int().min(0) }).optional(),
      }),
      bodyLimit: 200,
      responses: { 201: Thing },
      handler: ({ body }) => created({ ...thing, title: body.title }, `/api/v1/things/${ID}`),
    }),
    route.get('/things/some', {
      auth: 'public',
      headers: z.object({ 'x-ranks': z.array(z.int()), 'x-tags': z.array(z.string()).optional() }),
      responses: { 200: z.object({ ranks: z.array(z.int()), tags: z.array(z.string()).optional() }) },
      handler: ({ headers }) => ok({ ranks: headers['x-ranks'], tags: headers['x-tags'] }),
    }),
    route.get('/things/mine', {
      responses: { 200: page(Thing) },
      handler: () => ok({ items: [{ ...thing, secret: 'x' }], nextCursor: null }),
    }),
    route.get('/things/:id', {
      auth: 'public',
      params: IdParams,
      responses: { 200: Thing },
      handler: ({ params }) => {
        if (params.id !== ID) throw notFound('thing');
        return ok({ ...thing, passwordHash: 'never' }, { 'cache-control': 'max-age=60', vary: 'accept' });
      },
    }),
    route.patch('/things/:id', {
      params: IdParams,
      body: z.strictObject({ title: z.string() }),
      responses: { 200: z.object({ ifMatch: z.int().nullable() }) },
      handler: ({ ifMatch }) => ok({ ifMatch: ifMatch ?? null }),
    }),
    route.delete('/things/:id', {
      auth: 'role:host',
      params: IdParams,
      responses: { 204: null },
      handler: ({ user }) => {
        requireOwner(user, 'somebody-else');
        return noContent();
      },
    }),
    route.get('/broken', {
      auth: 'public',
      responses: { 200: z.object({ n: z.int() }) },
      handler: () => {
        throw new Error('password=hunter2');
      },
    }),
    route.get('/liar', {
      auth: 'public',
      responses: { 200: z.object({ n: z.int() }) },
      handler: () => ok({ n: 'one' as unknown as number }),
    }),
    route.get('/page', {
      auth: 'public',
      responses: { 200: content('text/html; charset=utf-8') },
      handler: () => ok('<p>Hi</p>'),
    }),
    route.get('/internal', { auth: 'service', responses: { 204: null }, handler: () => noContent() }),
    route.get('/slow', {
      auth: 'public',
      responses: { 204: null },
      handler: async ({ signal }) => {
        aborted = new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(signal.reason), { once: true }),
        );
        await aborted;
        return noContent();
      },
    }),
    route.put('/left', {
      auth: 'public',
      // Found only when nobody waits for it any more.
      record: async () => {
        const signal = currentContext()?.signal;
        if (signal?.aborted === false)
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return {};
      },
      body: z.object({}),
      responses: { 204: null },
      handler: () => noContent(),
    }),
  ],
});

let service: TestService;
beforeAll(async () => {
  service = await startService(things, { env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => service.stop());

const problem = (response: { status: number; body: any }) => [
  response.status,
  response.body?.code,
  response.body?.errors?.map((error: any) => error.path),
];

describe('what a client sends is checked', () => {
  it.each([
    ['/things', { limit: 20, sort: 'title', filters: {} }],
    [
      '/things?limit=5&sort=-title&rooms=2&open=true',
      { limit: 5, sort: '-title', filters: { rooms: 2, open: true } },
    ],
    ['/things?tags=a&tags=b', { limit: 20, sort: 'title', filters: { tags: ['a', 'b'] } }],
    ['/things?tags=a,b', { limit: 20, sort: 'title', filters: { tags: ['a', 'b'] } }],
    ['/things?tags=a%20b+c', { limit: 20, sort: 'title', filters: { tags: ['a b c'] } }],
  ])('query %s', async (path, expected) => {
    expect((await service.get(`/api/v1${path}`)).body).toEqual(expected);
  });

  it.each([
    ['limit=0', ['query.limit']],
    ['limit=101', ['query.limit']],
    ['limit=1e999', ['query.limit']],
    ['limit=5&limit=6', ['query.limit']],
    ['sort=password', ['query.sort']],
    ['rooms=two&open=yes', ['query.rooms', 'query.open']],
    ['limt=5', ['query.limt']],
    ['__proto__=1', ['query.__proto__']],
  ])('query ?%s is refused with 422', async (query, paths) => {
    expect(problem(await service.get(`/api/v1/things?${query}`))).toEqual([422, 'validation-failed', paths]);
  });

  it.each([
    ['missing', undefined, {}, [422, 'validation-failed', ['body']]],
    [
      'of another type',
      'title=x',
      { 'content-type': 'text/plain' },
      [415, 'unsupported-media-type', undefined],
    ],
    [
      'in another charset',
      '{"title":"x"}',
      { 'content-type': 'application/json; charset=latin1' },
      [415, 'unsupported-media-type', undefined],
    ],
    [
      'compressed',
      '{"title":"x"}',
      { 'content-encoding': 'gzip' },
      [415, 'unsupported-media-type', undefined],
    ],
    ['malformed', '{"title":', {}, [400, 'malformed-json', undefined]],
    ['too large', JSON.stringify({ title: 'x'.repeat(300) }), {}, [413, 'payload-too-large', undefined]],
    [
      'with unknown properties',
      '{"title":"x","id":"y","price":{"amount":1,"free":true}}',
      {},
      [422, 'validation-failed', ['body.price.free', 'body.id']],
    ],
    [
      'with prototype pollution',
      '{"title":"x","__proto__":{"admin":true}}',
      {},
      [422, 'validation-failed', ['body.__proto__']],
    ],
    [
      'with wrong values',
      '{"title":"","price":{"amount":-1}}',
      {},
      [422, 'validation-failed', ['body.title', 'body.price.amount']],
    ],
  ])('a body %s', async (_, body, headers, expected) => {
    const user = await service.as();
    expect(problem(await user.post('/api/v1/things', body, headers as Record<string, string>))).toEqual(
      expected,
    );
  });

  it('takes JSON with a charset and vendor spacing', async () => {
    const user = await service.as();
    const response = await user.post('/api/v1/things', '{"title":"x"}', {
      'content-type': 'application/json; charset="UTF-8"',
    });
    expect([response.status, response.headers.get('location')]).toEqual([201, `/api/v1/things/${ID}`]);
  });

  it('stops reading a chunked body at the limit', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(100))),
    });
    const { authorization } = {
      authorization: `Bearer ${await (await import('../testing/index.ts')).tokenFor()}`,
    };
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization, 'content-type': 'application/json' },
    };
    // The server answers and closes; a client that still sends may see only the close.
    const status = await fetch(`${service.url}/api/v1/things`, init as RequestInit).then(
      (response) => response.status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(status);
  });

  it.each([
    ['/things/1', [422, 'validation-failed', ['params.id']]],
    ['/things/%E0%A4%A', [400, 'bad-request', undefined]],
    ['/things?tags=%E0%A4%A', [400, 'bad-request', undefined]],
    ['/things/01980000-0000-7000-8000-000000000002', [404, 'not-found', undefined]],
    ['/nothing', [404, 'not-found', undefined]],
    ['/things/', [404, 'not-found', undefined]],
  ])('path %s', async (path, expected) => {
    expect(problem(await service.get(`/api/v1${path}`))).toEqual(expected);
  });

  it.each<[string, Record<string, string | string[]>, object]>([
    ['one value', { 'x-ranks': '1' }, { ranks: [1] }],
    ['spaces', { 'x-ranks': '1, 2 ,3', 'x-tags': 'a b, c' }, { ranks: [1, 2, 3], tags: ['a b', 'c'] }],
    ['repeated headers', { 'x-ranks': ['1', '2'] }, { ranks: [1, 2] }],
  ])('headers that are lists: %s', async (_, headers, expected) => {
    const [response] = await once(get(`${service.url}/api/v1/things/some`, { headers }), 'response');
    expect(await json(response)).toEqual(expected);
  });

  it('names the methods that a path has', async () => {
    const response = await service.put(`/api/v1/things/${ID}`, {});
    expect([response.status, response.headers.get('allow')]).toEqual([
      405,
      'GET, PATCH, DELETE, HEAD, OPTIONS',
    ]);
  });

  it('answers 400 as a problem to what is not HTTP', async () => {
    const { hostname, port } = new URL(service.url);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => socket.write('NONSENSE\r\n\r\n'));
      socket
        .on('data', (data) => (received += data.toString()))
        .on('end', () => resolve(received))
        .on('error', reject);
    });
    expect(text).toContain('HTTP/1.1 400 Bad Request');
    expect(text).toContain('"code":"malformed-request"');
  });
});

describe('what a client gets', () => {
  it('has only declared properties', async () => {
    expect((await service.get(`/api/v1/things/${ID}`)).body).toEqual(thing);
    expect((await (await service.as()).get('/api/v1/things/mine')).body).toEqual({
      items: [thing],
      nextCursor: null,
    });
  });

  it('never shows what broke inside', async () => {
    const response = await service.get('/api/v1/broken');
    expect(response.body).toEqual({
      type: 'urn:problem-type:hometrip:internal',
      title: 'Internal error',
      status: 500,
      code: 'internal',
      requestId: expect.any(String),
    });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('is refused in tests when the handler broke its promise', async () => {
    expect((await service.get('/api/v1/liar')).status).toBe(500);
  });

  it('carries an entity tag, and is not sent again while it is current', async () => {
    const path = `/api/v1/things/${ID}`;
    expect((await service.get(path)).headers.get('etag')).toBe('"3"');
    const answers = await Promise.all(
      ['"3"', 'W/"3"', '"1", "3"', '*', '"2"'].map((tag) => service.get(path, { 'if-none-match': tag })),
    );
    expect(answers.map(({ status }) => status)).toEqual([304, 304, 304, 304, 200]);
    // What caches keep the body by stays as its route says.
    for (const { headers } of answers)
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['max-age=60', 'accept']);
  });

  it.each([
    ['"7"', 200, { ifMatch: 7 }],
    ['*', 200, { ifMatch: null }],
    ['W/"7"', 412, undefined],
    ['"abc"', 412, undefined],
    ['7', 400, undefined],
  ])('If-Match: %s', async (tag, status, body) => {
    const response = await (await service.as()).patch(
      `/api/v1/things/${ID}`,
      { title: 'x' },
      { 'if-match': tag },
    );
    expect(response.status).toBe(status);
    if (body !== undefined) expect(response.body).toEqual(body);
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await fetch(`${service.url}/api/v1/things/${ID}`, { method: 'HEAD' });
    expect([
      response.status,
      Number(response.headers.get('content-length')) > 20,
      await response.text(),
    ]).toEqual([200, true, '']);
  });

  it('may be something else than JSON', async () => {
    const response = await service.get('/api/v1/page');
    expect([response.body, response.headers.get('content-type')]).toEqual([
      '<p>Hi</p>',
      'text/html; charset=utf-8',
    ]);
  });

  it('has security headers and a request id', async () => {
    const { headers } = await service.get('/api/v1/things', { 'x-request-id': 'abc-123' });
    expect(headers.get('x-request-id')).toBe('abc-123');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    const odd = await service.get('/api/v1/things', { 'x-request-id': 'a b"c' });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});

it('a reply that cannot be written costs its connection, not the service', async () => {
  const broken = defineService({
    name: 'broken-service',
    version: '1.0.0',
    routes: () => [
      route.get('/body', {
        auth: 'public',
        responses: { 200: content('text/plain') },
        handler: () => ok({ no: 'text' } as unknown as string),
      }),
      route.get('/header', {
        auth: 'public',
        responses: { 200: z.object({}) },
        handler: () => ok({}, { 'x-name': 'Zoë → Ann' }),
      }),
    ],
  });
  const service = await startService(broken, { env: { LOG_LEVEL: 'silent' } });
  try {
    await expect(service.get('/api/v1/body')).rejects.toThrow();
    expect((await service.get('/api/v1/header')).status).toBe(500);
    expect((await service.get('/health/live')).status).toBe(200);
  } finally {
    await service.stop();
  }
});

describe('who may call', () => {
  it.each([
    ['nobody', undefined, [401, 401, 401]],
    ['a guest', ['guest'], [200, 403, 403]],
    ['a host', ['host'], [200, 404, 403]],
    ['an admin', ['admin'], [200, 204, 403]],
    ['a service', ['service'], [200, 403, 204]],
  ])('%s', async (_, roles, expected) => {
    const client = roles === undefined ? service : await service.as({ roles });
    const answers = [
      await client.get('/api/v1/things/mine'),
      await client.delete(`/api/v1/things/${ID}`),
      await client.get('/api/v1/internal'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });
});

describe('time', () => {
  it('ends work when the caller goes away', async () => {
    const abort = new AbortController();
    const request = fetch(`${service.url}/api/v1/slow`, { signal: abort.signal }).catch(() => 'gone');
    await expect
      .poll(async () => (await service.get('/metrics')).body)
      .toContain('http_requests_in_flight 1');
    abort.abort();
    expect(await request).toBe('gone');
    expect(await aborted).toMatchObject({ name: 'AbortError' });
    await expect.poll(async () => (await service.get('/metrics')).body).toContain('status="499"');
  });

  it('ends work when the caller goes away before its body is read', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        'PUT /api/v1/left HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      ),
    );
    const metrics = async () => (await service.get('/metrics')).body;
    await expect.poll(metrics).toContain('http_requests_in_flight 1');
    socket.destroy();
    await expect.poll(metrics).toContain('http_requests_in_flight 0');
    expect(await metrics()).toContain('{method="PUT",route="/api/v1/left",status="499"} 1');
  });

  it('answers 504 when the time that the caller gives is over', async () => {
    expect(problem(await service.get('/api/v1/slow', { 'x-request-timeout-ms': '30' }))).toEqual([
      504,
      'gateway-timeout',
      undefined,
    ]);
  });
});
