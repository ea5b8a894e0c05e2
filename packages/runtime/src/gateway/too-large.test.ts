/** 413 every time, and readable: a real service behind a real gateway, and alone. */
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { defineService } from '../service/definition.ts';
import { type RunningService, start } from '../service/start.ts';
import { staysTable, type TestEdge, testEdge } from './testing.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const body = z.object({ text: z.string() });
const stays = defineService({
  name: 'stays',
  version: '1',
  routes: () => [
    route.post('/stays', {
      auth: 'public',
      body,
      responses: { 200: z.object({ length: z.number() }) },
      handler: ({ body: { text } }) => ok({ length: text.length }),
    }),
    // Stricter than the gateway: it is the service that refuses, while the gateway still sends.
    route.post('/stays/short', {
      auth: 'public',
      body,
      bodyLimit: 100 * KiB,
      responses: { 200: z.object({}) },
      handler: () => ok({}),
    }),
  ],
});

let service: RunningService;
let edge: TestEdge;
beforeAll(async () => {
  service = await start(stays, { env: { LOG_LEVEL: 'silent' }, processMetrics: false });
  edge = await testEdge({ table: staysTable(), instances: { stays: [service.port] } });
});
afterAll(async () => {
  await edge.close();
  await service.stop();
});

/** A JSON document of this many bytes. */
const sized = (bytes: number): Buffer => Buffer.from(`{"text":"${'x'.repeat(bytes - 11)}"}`);
const address = (what: string) => new URL(what === 'gateway' ? edge.url : service.url);

interface Sent {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

async function answerTo(client: ClientRequest): Promise<Sent> {
  const [answer] = (await once(client, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await answer.toArray()).toString();
  return { status: answer.statusCode, code: (JSON.parse(text) as { code?: string }).code };
}

function post(url: URL, path: string, data: Buffer, framing: object, agent?: Agent): Promise<Sent> {
  const headers = { 'content-type': 'application/json', ...framing };
  const client = request(new URL(path, url), { method: 'POST', headers, agent });
  const answer = answerTo(client);
  client.end(data);
  return answer;
}

const framings = {
  'an announced length': (data: Buffer) => ({ 'content-length': data.length }),
  chunks: () => ({ 'transfer-encoding': 'chunked' }),
};
const tooLarge = { status: 413, code: 'payload-too-large' };

describe.each(['gateway', 'service'])('the %s answers 413', (what) => {
  it.each(Object.entries(framings))('to all above the limit, with %s', async (_, framing) => {
    const path = '/api/v1/stays';
    for (const bytes of [MiB + 1, 2 * MiB, 5 * MiB, 10 * MiB, 10 * MiB + 1, 20 * MiB]) {
      const data = sized(bytes);
      expect(await post(address(what), path, data, framing(data)), `${bytes} bytes`).toEqual(tooLarge);
    }
    const most = sized(MiB);
    expect(await post(address(what), path, most, framing(most))).toEqual({ status: 200, code: undefined });
  });

  it.each(Object.entries(framings))(
    'to all above a stricter limit of the route, with %s',
    async (_, framing) => {
      for (let count = 0; count < 20; count += 1) {
        const data = sized(101 * KiB + count * 40 * KiB);
        expect(await post(address(what), '/api/v1/stays/short', data, framing(data))).toEqual(tooLarge);
      }
    },
  );

  it('on a connection that stays usable once the body is sent', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (const bytes of [2 * MiB, 1_000, 5 * MiB, 1_000]) {
      const data = sized(bytes);
      const { status } = await post(
        address(what),
        '/api/v1/stays',
        data,
        framings['an announced length'](data),
        agent,
      );
      expect(status).toBe(bytes > MiB ? 413 : 200);
    }
    expect(sockets.size).toBeLessThanOrEqual(1);
    agent.destroy();
  });

  it('to a client that asks before it sends, which then does not', async () => {
    const socket = connect(Number(address(what).port), '127.0.0.1');
    socket.write(
      `POST /api/v1/stays HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${2 * MiB}\r\nexpect: 100-continue\r\n\r\n`,
    );
    const received = Buffer.concat(await socket.toArray()).toString();
    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(received.toLowerCase()).toContain('connection: close');
  });

  it('not to one that asks before it sends what is small enough', async () => {
    const data = sized(200 * KiB);
    const headers = {
      'content-type': 'application/json',
      'content-length': data.length,
      expect: '100-continue',
    };
    const client = request(new URL('/api/v1/stays', address(what)), { method: 'POST', headers });
    client.flushHeaders();
    await once(client, 'continue');
    const answer = answerTo(client);
    client.end(data);
    expect(await answer).toEqual({ status: 200, code: undefined });
  });
});
