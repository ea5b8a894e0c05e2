import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request as httpRequest, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { tokenFor } from '../testing/tokens.ts';
import {
  eventually,
  staysTable,
  type TestBackend,
  testBackend,
  type TestEdge,
  testEdge,
  type TestEdgeOptions,
} from './testing.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function backend(listener: RequestListener): Promise<TestBackend> {
  const made = await testBackend(listener);
  open.push(made);
  return made;
}

async function edge(
  options: Partial<TestEdgeOptions> & Pick<TestEdgeOptions, 'instances'>,
): Promise<TestEdge> {
  const made = await testEdge({ table: staysTable(), ...options });
  open.push(made);
  return made;
}

const stays = '/api/v1/stays';
const ok: RequestListener = (_, response) => void response.end('{}');
const closedPort = async (): Promise<number> => {
  const { port, close } = await testBackend(ok);
  await close();
  return port;
};
const metricsOf = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();
const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return ((await response.json()) as { code: string }).code;
};

describe('passing on', () => {
  it('keeps method, path, query, status and body as they are', async () => {
    const { port } = await backend((request, response) => {
      response.writeHead(418, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'], etag: '"7"' });
      response.end(`${request.method} ${request.url}`);
    });
    const { url } = await edge({ instances: { stays: [port] } });
    const response = await fetch(`${url}${stays}/1?q=%C3%A4&q=b`, { method: 'DELETE' });
    expect([response.status, await response.text()]).toEqual([418, `DELETE ${stays}/1?q=%C3%A4&q=b`]);
    expect([response.headers.getSetCookie(), response.headers.get('etag')]).toEqual([['a=1', 'b=2'], '"7"']);
  });

  it('streams a large body up and a large answer down, unchanged', async () => {
    const { port } = await backend((request, response) => void request.pipe(response));
    const env = { BODY_LIMIT_BYTES: String(16 * 2 ** 20) };
    const { url } = await edge({ instances: { stays: [port] }, env });
    const chunks = Array.from({ length: 128 }, () => randomBytes(64 * 1024));
    const body = new ReadableStream({
      pull: (controller) => (chunks.length > 0 ? controller.enqueue(chunks.shift()) : controller.close()),
    });
    const sent = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
    const response = await fetch(url + stays, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(
      createHash('sha256')
        .update(Buffer.from(await response.arrayBuffer()))
        .digest('hex'),
    ).toBe(sent);
  });

  it('passes pieces of an answer on as they come', async () => {
    let more: () => void = () => undefined;
    const { port } = await backend((_, response) => {
      response.write('first');
      more = () => void response.end('second');
    });
    const { url } = await edge({ instances: { stays: [port] } });
    const reader = (await fetch(url + stays)).body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('first');
    more();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('second');
  });

  it('slows a service down to the pace of its reader', async () => {
    let written = 0;
    const { port } = await backend((request, response) => {
      const push = () => {
        while (!request.destroyed && written < 512 * 2 ** 20) {
          written += 2 ** 20;
          if (!response.write(Buffer.alloc(2 ** 20))) return void response.once('drain', push);
        }
      };
      push();
    });
    const { url } = await edge({ instances: { stays: [port] } });
    const client = httpRequest(url + stays).end();
    const [answer] = (await once(client, 'response')) as [import('node:http').IncomingMessage];
    answer.pause();
    let last = -1;
    await eventually(async () => {
      const settled = last === written && written > 0;
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return settled;
    });
    client.destroy();
    expect(written).toBeLessThan(128 * 2 ** 20);
  });

  it('takes the longest prefix of whole segments', async () => {
    const named =
      (name: string): RequestListener =>
      (_, response) =>
        void response.end(name);
    const [a, b] = [await backend(named('stays')), await backend(named('photos'))];
    const table = {
      routes: [
        { prefix: '/api/v1/stays', service: 'a' },
        { prefix: '/api/v1/stays/photos', service: 'b' },
      ],
      limits: {},
      services: {},
    };
    const { url } = await edge({ table, instances: { a: [a.port], b: [b.port] } });
    const get = async (path: string) => (await fetch(url + path)).text();
    expect(await get('/api/v1/stays/photos/1')).toBe('photos');
    expect(await get('/api/v1/stays/photosets')).toBe('stays');
    expect((await fetch(`${url}/api/v1/staysx`)).status).toBe(404);
  });

  it('follows the registry without a failed request when an instance is drained', async () => {
    const make = () => backend((_, response) => void setTimeout(() => response.end('{}'), 5));
    const [first, second, third] = [await make(), await make(), await make()];
    const gateway = await edge({ instances: { stays: [first.port, second.port] } });
    const statuses: number[] = [];
    let running = true;
    const client = async () => {
      while (running) statuses.push((await fetch(gateway.url + stays, { method: 'POST', body: 'x' })).status);
    };
    const clients = Array.from({ length: 8 }, client);
    await eventually(() => statuses.length > 50);
    gateway.instances({ stays: [second.port, third.port] });
    let served = 0;
    third.server.on('request', () => (served += 1));
    await eventually(() => served > 20);
    await new Promise((resolve) => first.server.close(resolve));
    const before = statuses.length;
    await eventually(() => statuses.length > before + 50);
    running = false;
    await Promise.all(clients);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('repeating', () => {
  const counting = (listener: RequestListener) => {
    let count = 0;
    return {
      count: () => count,
      listener: ((request, response) => {
        count += 1;
        listener(request, response);
      }) as RequestListener,
    };
  };
  const reset: RequestListener = (request) => void request.socket.resetAndDestroy();

  it.each(['GET', 'POST'])('tries %s on another instance when the connection was refused', async (method) => {
    const { port } = await backend((request, response) => void request.pipe(response));
    const { url } = await edge({
      table: staysTable({ balance: 'round_robin' }),
      instances: { stays: [await closedPort(), port] },
    });
    const body = method === 'POST' ? 'kept' : null;
    const answers = await Promise.all(
      [1, 2, 3, 4].map(async () => (await fetch(url + stays, { method, body })).text()),
    );
    expect(answers).toEqual(Array(4).fill(body ?? ''));
  });

  it.each([
    ['GET', 200],
    ['PUT', 200],
    ['POST', 502],
  ])('%s that broke before an answer ends with %i', async (method, status) => {
    const broken = counting(reset);
    const instances = { stays: [(await backend(broken.listener)).port, (await backend(ok)).port] };
    const { url } = await edge({ table: staysTable({ balance: 'round_robin' }), instances });
    const statuses = [await fetch(url + stays, { method }), await fetch(url + stays, { method })].map(
      (response) => response.status,
    );
    expect(broken.count()).toBe(1);
    expect(statuses).toContain(status);
    if (status === 200) expect(statuses).toEqual([200, 200]);
  });

  it.each([
    ['repeats a POST with an Idempotency-Key to a route that takes one', stays, 'k', [200, 200]],
    ['does not repeat it without a key', stays, undefined, [200, 502]],
    ['does not repeat it to a route that knows nothing of keys', `${stays}/1/photos`, 'k', [200, 502]],
  ])('%s', async (_, path, key, statuses) => {
    const broken = counting(reset);
    const instances = { stays: [(await backend(broken.listener)).port, (await backend(ok)).port] };
    const table = staysTable({ balance: 'round_robin', idempotent: [stays] });
    const { url } = await edge({ table, instances });
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const send = () => fetch(`${url}${path}?a=b`, { method: 'POST', body: '{}', headers });
    expect([(await send()).status, (await send()).status].sort()).toEqual(statuses);
    expect(broken.count()).toBe(1);
  });

  it('asks another instance when one is too busy, and passes the answer on when there is no other', async () => {
    const busy = counting((_, response) => void response.writeHead(503, { 'retry-after': '7' }).end('busy'));
    const { port } = await backend(busy.listener);
    const other = await backend(ok);
    const gateway = await edge({
      table: staysTable({ balance: 'round_robin' }),
      instances: { stays: [port, other.port] },
    });
    expect([(await fetch(gateway.url + stays)).status, (await fetch(gateway.url + stays)).status]).toEqual([
      200, 200,
    ]);
    gateway.instances({ stays: [port] });
    await eventually(async () => (await fetch(gateway.url + stays)).status === 503);
    const before = busy.count();
    const response = await fetch(gateway.url + stays);
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      503,
      '7',
      'busy',
    ]);
    expect(busy.count()).toBe(before + 1);
  });

  it('does not repeat an answer that broke in the middle: the client sees it break', async () => {
    const broken = counting((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const { url } = await edge({ instances: { stays: [(await backend(broken.listener)).port] } });
    await expect(fetch(url + stays).then((response) => response.text())).rejects.toThrow();
    expect(broken.count()).toBe(1);
  });
});

describe('failing', () => {
  it('answers 404 for a path that nobody has', async () => {
    const { url } = await edge({ instances: {} });
    const response = await fetch(`${url}/api/v1/nothing`);
    expect([response.status, await problem(response)]).toEqual([404, 'not-found']);
  });

  it('answers 503 with Retry-After when no instance is ready, or none can be reached', async () => {
    const gateway = await edge({ instances: {} });
    const none = await fetch(gateway.url + stays);
    expect([none.status, none.headers.get('retry-after'), await problem(none)]).toEqual([
      503,
      '1',
      'no-instance',
    ]);
    gateway.instances({ stays: [await closedPort()] });
    await eventually(async () => (await problem(await fetch(gateway.url + stays))) === 'unreachable');
  });

  it('answers 504 when a service takes too long, and lets it know', async () => {
    let gone = false;
    const { port } = await backend((_, response) => void response.once('close', () => (gone = true)));
    const { url } = await edge({ table: staysTable({ timeoutMs: 50 }), instances: { stays: [port] } });
    const response = await fetch(url + stays);
    expect([response.status, await problem(response)]).toEqual([504, 'gateway-timeout']);
    await eventually(() => gone);
  });

  it('cancels the work of a service when the client goes away', async () => {
    let state = '';
    const { port } = await backend((_, response) => {
      state = 'asked';
      response.once('close', () => (state = 'cancelled'));
    });
    const { url } = await edge({ instances: { stays: [port] } });
    const client = new AbortController();
    const answer = fetch(url + stays, { signal: client.signal });
    await eventually(() => state === 'asked');
    client.abort();
    await expect(answer).rejects.toThrow();
    await eventually(() => state === 'cancelled');
  });

  it.each<[string, string]>([
    ['its small body', 'content-length: 10'],
    ['a body of unknown length', 'transfer-encoding: chunked'],
  ])('ends a request whose client goes away with %s while its token is verified', async (_, header) => {
    const verifying = Promise.withResolvers<void>();
    let asked = false;
    const verify = async () => {
      asked = true;
      await verifying.promise;
      return { id: 'ann', roles: [] };
    };
    const { url } = await edge({
      instances: { stays: [(await backend(ok)).port] },
      verifier: { known: () => undefined, verify },
    });
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    client.write(`POST ${stays} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\n${header}\r\n\r\n`);
    await eventually(() => asked);
    const inFlight = async () => /^http_requests_in_flight (\d+)$/m.exec(await metricsOf(url))?.[1];
    client.destroy();
    await once(client, 'close');
    // Once requests that came later are answered, the gateway has noticed.
    for (let later = 0; later < 2; later += 1) expect(await inFlight()).toBe('1');
    verifying.resolve();
    await expect.poll(inFlight).toBe('0');
    expect(await metricsOf(url)).toContain('route="/api/v1/stays",status="499"} 1');
  });

  it('answers 413 for a body that is announced as too large', async () => {
    const { port } = await backend(
      (request, response) => void request.resume().on('end', () => response.end()),
    );
    const { url } = await edge({ instances: { stays: [port] }, env: { BODY_LIMIT_BYTES: '200000' } });
    const response = await fetch(url + stays, { method: 'POST', body: Buffer.alloc(200_001) });
    expect([response.status, await problem(response)]).toEqual([413, 'payload-too-large']);
    expect((await fetch(url + stays, { method: 'POST', body: Buffer.alloc(200_000) })).status).toBe(200);
  });

  it('answers 413 for a body that turns out to be too large, and sends no more of it', async () => {
    let received = 0;
    const { port } = await backend(
      (request) =>
        void request.on('data', (chunk: Buffer) => (received += chunk.length)).on('error', () => undefined),
    );
    const { url } = await edge({ instances: { stays: [port] }, env: { BODY_LIMIT_BYTES: '200000' } });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 50_000;
        if (sent > 2_000_000) controller.close();
        else controller.enqueue(Buffer.alloc(50_000));
      },
    });
    const response = await fetch(url + stays, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect([response.status, await problem(response)]).toEqual([413, 'payload-too-large']);
    expect(received).toBeLessThanOrEqual(200_000);
  });

  it('does not hold it against an instance when clients send too much', async () => {
    const reads: RequestListener = (request, response) =>
      void request
        .on('error', () => undefined)
        .on('end', () => response.end())
        .resume();
    const instances = { stays: [(await backend(reads)).port, (await backend(reads)).port] };
    const { url } = await edge({ instances, env: { BODY_LIMIT_BYTES: '100000' } });
    for (let count = 0; count < 12; count += 1) {
      const body = new ReadableStream({
        start(controller) {
          for (let piece = 0; piece < 4; piece += 1) controller.enqueue(Buffer.alloc(50_000));
          controller.close();
        },
      });
      const response = await fetch(url + stays, { method: 'POST', body, duplex: 'half' } as RequestInit);
      expect(response.status).toBe(413);
    }
    expect(await metricsOf(url)).toContain('service_call_instances_ejected{target="stays"} 0');
  });

  it('passes an early answer on while the client still sends', async () => {
    const { port } = await backend((_, response) => void response.writeHead(422).end('no'));
    const { url } = await edge({ instances: { stays: [port] }, env: { BODY_LIMIT_BYTES: '4000000' } });
    const response = await fetch(url + stays, { method: 'POST', body: Buffer.alloc(4_000_000) });
    expect([response.status, await response.text()]).toEqual([422, 'no']);
  });
});

describe('headers', () => {
  async function seen(
    sent: Record<string, string>,
    env: Record<string, string> = {},
  ): Promise<IncomingHttpHeaders> {
    const { port } = await backend((request, response) => void response.end(JSON.stringify(request.headers)));
    const { url } = await edge({ instances: { stays: [port] }, env });
    const client = httpRequest(url + stays, { headers: sent }).end();
    const [answer] = (await once(client, 'response')) as [import('node:http').IncomingMessage];
    return JSON.parse(Buffer.concat(await answer.toArray()).toString()) as IncomingHttpHeaders;
  }

  it('of a connection and claims of identity end at the gateway', async () => {
    const headers = await seen({
      connection: 'x-secret-hop',
      'x-secret-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic x',
      'x-user-id': 'admin',
      'x-user-roles': 'admin',
      'X-Service-Token': 'eyJ.eyJ.x',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      'x-forwarded-prefix': '/x',
      'x-kept': 'yes',
    });
    for (const name of [
      'x-secret-hop',
      'te',
      'proxy-authorization',
      'x-user-id',
      'x-user-roles',
      'x-service-token',
      'x-real-ip',
      'forwarded',
      'x-forwarded-prefix',
    ])
      expect(headers, name).not.toHaveProperty(name);
    expect(headers['x-kept']).toBe('yes');
  });

  it('tell the service who asked, by what is known and not by what is claimed', async () => {
    const headers = await seen({
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      host: 'hometrip.example',
    });
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'hometrip.example',
    });
  });

  it('of a trusted proxy are believed, up to the first address that is none of ours', async () => {
    const headers = await seen(
      { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.7', 'x-forwarded-proto': 'https' },
      { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' },
    );
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 10.0.0.7, 127.0.0.1',
      'x-forwarded-proto': 'https',
    });
  });

  it('carry the request id, the trace and the time that is left', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = await seen({
      'x-request-id': 'mine-1',
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      'x-request-timeout-ms': '900',
    });
    expect(headers['x-request-id']).toBe('mine-1');
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${trace}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    expect(headers['x-request-timeout-ms']).toBe('900');
  });

  it('of the service about its connection do not reach the client', async () => {
    const { port } = await backend(
      (_, response) =>
        void response.writeHead(200, { connection: 'x-inner', 'x-inner': '1', 'x-outer': '2' }).end(),
    );
    const { url } = await edge({ instances: { stays: [port] } });
    const { headers } = await fetch(url + stays);
    expect([headers.get('x-inner'), headers.get('x-outer')]).toEqual([null, '2']);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('cannot smuggle a second request', async () => {
    const urls: string[] = [];
    const { port } = await backend((request, response) => {
      urls.push(request.url as string);
      request.resume().on('end', () => response.end());
    });
    const { service } = await edge({ instances: { stays: [port] } });
    const socket = connect(service.port, service.host);
    socket.end(
      `POST ${stays} HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET ${stays}/smuggled HTTP/1.1\r\n\r\n`,
    );
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(urls).toEqual([]);
  });
});

describe('callers', () => {
  const whoami: RequestListener = (request, response) =>
    void response.end(request.headers.authorization ?? 'nobody');

  it('without a token are passed on, with a valid one too', async () => {
    const { url } = await edge({ instances: { stays: [(await backend(whoami)).port] } });
    const authorization = `Bearer ${await tokenFor()}`;
    expect(await (await fetch(url + stays)).text()).toBe('nobody');
    expect(await (await fetch(url + stays, { headers: { authorization } })).text()).toBe(authorization);
  });

  it('with a token that is not valid are refused at once', async () => {
    const { url } = await edge({ instances: { stays: [(await backend(whoami)).port] } });
    const response = await fetch(url + stays, { headers: { authorization: 'Bearer nonsense' } });
    expect([response.status, await problem(response)]).toEqual([401, 'unauthorized']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('with a stale token still reach the service that gives new ones', async () => {
    const env = { AUTH_JWKS_URL: 'service://stays/jwks', AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'x' };
    const { url } = await edge({ instances: { stays: [(await backend(whoami)).port] }, env });
    expect((await fetch(url + stays, { headers: { authorization: 'Bearer stale' } })).status).toBe(200);
  });

  it('are limited, each for himself', async () => {
    const { url } = await edge({
      table: staysTable({}, { rate: 0.01, burst: 2 }),
      instances: { stays: [(await backend(ok)).port] },
    });
    const send = async (token?: string) =>
      fetch(url + stays, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    const refused = await send();
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0, await problem(refused)]).toEqual([
      429,
      true,
      'too-many-requests',
    ]);
    expect((await send(await tokenFor())).status).toBe(200);
  });
});

describe('pages of other sites', () => {
  const origin = 'https://app.example.com';
  const preflight = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } };

  it('may do nothing by default', async () => {
    const { url } = await edge({ instances: { stays: [(await backend(ok)).port] } });
    expect((await fetch(url + stays, preflight)).headers.get('access-control-allow-origin')).toBeNull();
    expect(
      (await fetch(url + stays, { headers: { origin } })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });

  it('may use the API when they are named, and see its problems too', async () => {
    const vary: RequestListener = (_, response) =>
      void response.writeHead(200, { vary: 'accept-encoding' }).end();
    const { url } = await edge({
      instances: { stays: [(await backend(vary)).port] },
      env: { CORS_ORIGINS: origin },
    });
    const asked = await fetch(url + stays, preflight);
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, HEAD, POST, PUT, PATCH, DELETE',
    ]);
    const { headers } = await fetch(url + stays, { headers: { origin } });
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
      origin,
      'accept-encoding, origin',
    ]);
    expect(
      (await fetch(`${url}/nothing`, { headers: { origin } })).headers.get('access-control-allow-origin'),
    ).toBe(origin);
    expect(
      (await fetch(url + stays, { headers: { origin: 'https://evil.example' } })).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
  });

  it('cannot be named by anything but an origin', async () => {
    await expect(
      testEdge({ table: staysTable(), instances: {}, env: { CORS_ORIGINS: 'app.example.com' } }),
    ).rejects.toThrow('write origins like https://app.example.com');
  });
});

it.each(['10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8'])('does not trust %s', async (network) => {
  await expect(
    testEdge({ table: staysTable(), instances: {}, env: { TRUSTED_PROXIES: network } }),
  ).rejects.toThrow(`TRUSTED_PROXIES has "${network}": write addresses`);
});

describe('the route table', () => {
  it('is followed while the gateway runs; a broken one changes nothing', async () => {
    const { port } = await backend(ok);
    const gateway = await edge({ instances: { stays: [port], trips: [port] } });
    expect((await fetch(`${gateway.url}/api/v1/trips`)).status).toBe(404);
    gateway.routes({ routes: [{ prefix: '/api/v1/trips', service: 'trips' }], limits: {}, services: {} });
    await eventually(async () => (await fetch(`${gateway.url}/api/v1/trips`)).status === 200);
    gateway.routes('{"routes": [');
    gateway.routes({
      routes: [{ prefix: 'trips', service: 'trips', limit: 'none' }],
      limits: {},
      services: {},
    });
    expect((await fetch(`${gateway.url}/api/v1/trips`)).status).toBe(200);
  });

  it('has to be there when the gateway starts', async () => {
    await expect(
      testEdge({
        table: { routes: [{ prefix: '/a', service: 's', limit: 'x' }], limits: {}, services: {} },
        instances: {},
      }),
    ).rejects.toThrow(/routes\.0\.limit: there is no limit x/);
  });
});

it('counts by prefix and service, never by path', async () => {
  const { url } = await edge({ instances: { stays: [(await backend(ok)).port] } });
  for (const path of ['/1', '/2', '/3']) await fetch(url + stays + path);
  await fetch(`${url}/wp-login.php`);
  const text = await metricsOf(url);
  expect(text).toContain('http_requests_total{method="GET",route="/api/v1/stays",status="200"} 3');
  expect(text).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 1');
  expect(text).toContain('gateway_upstream_pending{service="stays"} 0');
  expect(text).not.toContain('wp-login');
});
