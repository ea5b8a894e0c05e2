/** What HTTP/1.1 has in store for a proxy: raw requests, and raw answers of services behind a real gateway. */
import { once } from 'node:events';
import { createServer, type Server, type Socket, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { staysTable, type TestEdge, testEdge } from './testing.ts';

/** A service that keeps what it got, and answers what the test wants, byte by byte. */
let backend: Server;
let edge: TestEdge;
let received = '';
let answer: string | ((socket: Socket) => void) = '';
const sockets = new Set<Socket>();
beforeAll(async () => {
  backend = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let text = '';
    socket.on('data', (data) => {
      received += data.toString('latin1');
      text += data.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      text = '';
      if (typeof answer === 'string') socket.write(answer, 'latin1');
      else answer(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  edge = await testEdge({ table: staysTable({ timeoutMs: 2_000 }), instances: { stays: [port] } });
});
afterAll(async () => {
  await edge.close();
  for (const socket of sockets) socket.destroy();
  backend.close();
});
beforeEach(() => {
  received = '';
  answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
});

/** Everything that comes back until the connection ends; the request asks for that. */
async function exchange(request: string): Promise<string> {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(request, 'latin1');
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('latin1');
}
const stays = '/api/v1/stays';
const END = 'host: x\r\nconnection: close\r\n\r\n';
const get = (path = stays, headers = '') => exchange(`GET ${path} HTTP/1.1\r\n${headers}${END}`);
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const statusesOf = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));

describe('a request', () => {
  it.each([
    ['both lengths', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n', 'hello'],
    ['a list of lengths', 'content-length: 5, 5\r\n', 'hello'],
    ['a signed length', 'content-length: +5\r\n', 'hello'],
    ['an unknown coding', 'transfer-encoding: chunked, gzip\r\n', '0\r\n\r\n'],
    ['a disguised coding', 'transfer-encoding: xchunked\r\n', '0\r\n\r\n'],
    ['a blank before the colon', 'transfer-encoding : chunked\r\n', '0\r\n\r\n'],
    ['a folded header', 'x-a: b\r\n transfer-encoding: chunked\r\n', ''],
    ['a bare line feed', 'x-a: b\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['a control character', 'x-a: b\x01c\r\n', ''],
  ])('with %s is refused, and nothing of it reaches a service', async (_, headers, body) => {
    const text = await exchange(
      `POST ${stays} HTTP/1.1\r\nhost: x\r\n${headers}\r\n${body}GET ${stays}/smuggled HTTP/1.1\r\n${END}`,
    );
    expect(statusOf(text)).toBe(400);
    expect(text).toContain('"code":"malformed-request"');
    expect(received).toBe('');
  });

  it('with headers of more than 32 KiB is 431', async () => {
    const text = await get(stays, `x-long: ${'a'.repeat(33 * 1024)}\r\n`);
    expect(statusOf(text)).toBe(431);
    expect(text).toContain('"code":"headers-too-large"');
  });

  it('with too many headers is 431, rather than being passed on without some of them', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: a\r\n`).join('');
    expect(statusOf(await get(stays, many(500)))).toBe(200);
    expect(received).toContain('x-499: a');
    received = '';
    const text = await get(stays, many(2_100));
    expect(statusOf(text)).toBe(431);
    expect(received).toBe('');
  });

  it('in absolute form reaches the service by its path, whatever host it names', async () => {
    expect(statusOf(await get(`http://other.example${stays}?a=b`))).toBe(200);
    expect(received).toMatch(/^GET \/api\/v1\/stays\?a=b HTTP\/1\.1\r\n/);
  });

  it('without a host is 400', async () => {
    expect(statusOf(await exchange(`GET ${stays} HTTP/1.1\r\nconnection: close\r\n\r\n`))).toBe(400);
    expect(received).toBe('');
  });

  it.each(['*', 'stays', 'http://', 'http://[', '//', 'ftp://x/a'])(
    'for the target %s does no harm',
    async (target) => {
      expect([400, 404]).toContain(statusOf(await get(target)));
    },
  );

  it('to change the protocol is an ordinary one, where there are no sockets', async () => {
    const upgrade = `GET ${stays} HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n`;
    expect(statusOf(await exchange(upgrade))).toBe(200);
    expect(received.toLowerCase()).not.toContain('upgrade');
  });

  it.each([
    ['TRACE', 405],
    ['CONNECT', undefined],
    ['PROPFIND', 405],
  ])('with the method %s never reaches a service', async (method, status) => {
    const text = await exchange(`${method} ${stays} HTTP/1.1\r\n${END}`);
    if (status === undefined) expect(text === '' || statusOf(text) >= 400).toBe(true);
    else expect(statusOf(text)).toBe(status);
    expect(received).toBe('');
  });

  it('with HEAD gets the length and no body, with OPTIONS what the service says', async () => {
    answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n';
    const head = await exchange(`HEAD ${stays} HTTP/1.1\r\n${END}`);
    expect(head).toContain('content-length: 2\r\n');
    expect(head).toMatch(/\r\n\r\n$/);
    answer = 'HTTP/1.1 204 No Content\r\nallow: GET, POST\r\n\r\n';
    expect(await exchange(`OPTIONS ${stays} HTTP/1.1\r\n${END}`)).toContain('allow: GET, POST');
  });

  it('loses its trailers, which a service could take for headers', async () => {
    const text = await exchange(
      `POST ${stays} HTTP/1.1\r\ntransfer-encoding: chunked\r\ntrailer: x-user-id\r\n${END}5\r\nhello\r\n0\r\nx-user-id: admin\r\n\r\n`,
    );
    expect(statusOf(text)).toBe(200);
    expect(received).toContain('hello');
    expect(received).not.toContain('x-user-id');
  });
});

describe('an answer', () => {
  it.each([102, 103])('that is announced by %i comes once', async (interim) => {
    answer = `HTTP/1.1 ${interim} Early\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`;
    const text = await get();
    expect(statusesOf(text)).toEqual([200]);
    expect(text).toMatch(/\r\n\r\nok$/);
  });

  it.each([204, 304])(
    'of %i with a body has none, and the next one on the connection is its own',
    async (status) => {
      answer = (socket) => socket.end(`HTTP/1.1 ${status} Nothing\r\ncontent-length: 4\r\n\r\nbody`);
      const text = await get();
      expect(statusOf(text)).toBe(status);
      expect(text).not.toContain('body');
      answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
      expect(statusOf(await get())).toBe(200);
    },
  );

  it('that names headers of its connection keeps them to itself', async () => {
    answer =
      'HTTP/1.1 200 OK\r\nconnection: keep-alive, x-internal\r\nx-internal: 1\r\nkeep-alive: timeout=5\r\ncontent-length: 2\r\n\r\nok';
    const text = (await get()).toLowerCase();
    expect(text).not.toContain('x-internal');
    expect(text).toMatch(/^http\/1\.1 200 /);
  });

  it('with trailers comes without them', async () => {
    answer =
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n';
    const text = await get();
    expect(text).toContain('ok');
    expect(text).not.toContain('x-sum');
  });

  it.each([
    // Nobody asked for it: Expect ends at the gateway.
    ['an unasked 100', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    [
      'both lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    [
      'an unasked change of protocol',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
    ],
  ])('with %s is 502', async (_, text) => {
    answer = (socket) => socket.end(text);
    expect(statusOf(await get())).toBe(502);
  });

  it('that breaks off breaks off for the client too', async () => {
    answer = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
    const text = await get();
    expect(text).toMatch(/half$/);
    expect(text).toContain('content-length: 100');
  });

  it('comes before the body is sent, as soon as there is one', async () => {
    answer = (socket) => socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    const socket = connect(Number(new URL(edge.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(`POST ${stays} HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n${'x'.repeat(100_000)}`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(statusOf(first.toString())).toBe(403);
    socket.destroy();
  });
});
