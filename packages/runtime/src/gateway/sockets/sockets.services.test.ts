import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { RunningService } from '../../service/start.ts';
import { type TestDatabase, testDatabase } from '../../testing/index.ts';
import { eventually } from '../testing.ts';
import { testFanOut } from './conformance.ts';
import { endReplica, startReplica } from './testing/load.ts';
import { type SocketReplicas, socketReplicas, tokenOf } from './testing.ts';

let database: TestDatabase;
let gateway: SocketReplicas;
let replicas: readonly RunningService[];
beforeAll(async () => {
  database = await testDatabase();
  gateway = await socketReplicas({ events: database.url, pubsub: database.url });
  replicas = gateway.replicas;
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});
afterEach(() => gateway.cutOff());

const addressOf = (replica: number, path?: string) => gateway.addressOf(replica, path);
const join = (user: string, replica?: number, after?: string) => gateway.join(user, replica, after);
const publish: SocketReplicas['publish'] = (event, payload) => gateway.publish(event, payload);

/** Status of a refused handshake. */
async function refusal(
  headers: Record<string, string>,
  protocols: string[] = [],
  path?: string,
): Promise<number | undefined> {
  const { socket } = gateway.connect(addressOf(0, path), protocols, headers);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

testFanOut('PostgreSQL', () => gateway);

describe('the handshake', () => {
  it('takes the token as a header, or as a subprotocol that it does not repeat', async () => {
    const token = await tokenOf(randomUUID());
    const program = gateway.connect(addressOf(0), [], { authorization: `Bearer ${token}` });
    await program.until('ready');
    const browser = gateway.connect(addressOf(0), ['hometrip.v1', `bearer.${token}`], {});
    await browser.until('ready');
    expect(browser.socket.protocol).toBe('hometrip.v1');
  });

  it('refuses nobody, nonsense, and a token in the address', async () => {
    expect(await refusal({})).toBe(401);
    expect(await refusal({}, ['hometrip.v1', 'bearer.nonsense'])).toBe(401);
    expect(await refusal({}, [], `/ws?token=${await tokenOf(randomUUID())}`)).toBe(401);
  });

  it('refuses pages of sites that nobody named', async () => {
    const authorization = `Bearer ${await tokenOf(randomUUID())}`;
    expect(await refusal({ authorization, origin: 'https://evil.example' })).toBe(403);
    for (const origin of ['https://app.example.com', (replicas[0] as RunningService).url]) {
      await gateway.connect(addressOf(0), [], { authorization, origin }).until('ready');
    }
  });

  it('is had at /ws only', async () => {
    expect(await refusal({ authorization: `Bearer ${await tokenOf(randomUUID())}` }, [], '/elsewhere')).toBe(
      404,
    );
  });

  it.each([
    ['another version', 'GET', { 'Sec-WebSocket-Version': '7' }, 426, 'sec-websocket-version: 13'],
    ['no key', 'GET', { 'Sec-WebSocket-Key': '' }, 400, 'malformed-handshake'],
    ['another method', 'POST', {}, 405, 'allow: GET'],
  ])('refuses %s with the right status, and counts it', async (_, method, headers, status, text) => {
    const { host, port, url } = replicas[0] as RunningService;
    const count = async () =>
      Number(
        new RegExp(`route="/ws",status="${status}"\\} (\\d+)`).exec(
          await (await fetch(`${url}/metrics`)).text(),
        )?.[1] ?? 0,
      );
    const before = await count();
    const all = {
      Host: 'x',
      Authorization: `Bearer ${await tokenOf(randomUUID())}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect(port, host);
    socket.write(`${method} /ws HTTP/1.1\r\n${lines.join('')}\r\n`);
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(text);
    expect(await count()).toBe(before + 1);
  });

  it('survives a client that goes away in the middle of it', async () => {
    const { host, port } = replicas[0] as RunningService;
    const socket = connect(port, host);
    socket.write(
      'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n',
    );
    socket.resetAndDestroy();
    await join(randomUUID());
  });
});

describe('an open socket', () => {
  /** Accepted within five seconds after its end, as clocks differ: one to two seconds are left. */
  const nearlyExpired = (user: string) => tokenOf(user, Date.now() - 903_000);

  it('ends with its token', async () => {
    const client = gateway.connect(addressOf(0), [], {
      authorization: `Bearer ${await nearlyExpired(randomUUID())}`,
    });
    await client.until('ready');
    await eventually(() => client.closed !== undefined);
    expect(client.closed).toBe(4401);
  });

  it('lives on with a new one', async () => {
    const user = randomUUID();
    const client = gateway.connect(addressOf(0), [], {
      authorization: `Bearer ${await nearlyExpired(user)}`,
    });
    const { expiresAt: first } = await client.until('ready');
    client.socket.send(JSON.stringify({ type: 'authenticate', token: await tokenOf(user) }));
    const { expiresAt: next } = await client.until('authenticated');
    expect(Date.parse(next) - Date.parse(first)).toBeGreaterThan(600_000);
    await eventually(() => Date.now() > Date.parse(first) + 5_100);
    expect(client.closed).toBeUndefined();
  });

  it('takes no token of somebody else, and no nonsense for one', async () => {
    const client = await join(randomUUID());
    client.socket.send(JSON.stringify({ type: 'authenticate', token: 'nonsense' }));
    expect((await client.until('error')).code).toBe('unauthorized');
    client.socket.send(JSON.stringify({ type: 'authenticate', token: await tokenOf(randomUUID()) }));
    await eventually(() => client.closed !== undefined);
    expect(client.closed).toBe(4403);
  });

  it.each([
    ['binary', (socket: WebSocket) => socket.send(Buffer.from([1])), 1003],
    ['large', (socket: WebSocket) => socket.send('x'.repeat(17_000)), 1009],
    ['many', (socket: WebSocket) => Array.from({ length: 121 }, () => socket.send('{}')), 1008],
  ])('ends when messages are too %s', async (_, send, code) => {
    const client = await join(randomUUID());
    send(client.socket);
    await eventually(() => client.closed !== undefined);
    expect(client.closed).toBe(code);
  });

  it('ends once, whatever its client still sends', async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error) => void warnings.push(message);
    process.on('warning', hear);
    const client = await join(randomUUID());
    for (let sent = 0; sent < 2_000; sent += 1) client.socket.send('{}');
    await eventually(() => client.closed !== undefined);
    process.off('warning', hear);
    expect([client.closed, warnings]).toEqual([1008, []]);
  });

  it('ends when its client does not read what comes', async () => {
    const user = randomUUID();
    const client = await join(user);
    client.socket.pause();
    const text = 'x'.repeat(900_000);
    for (let sent = 0; sent < 30; sent += 1) await publish('message.created', { participants: [user], text });
    await publish('booking.confirmed', { bookingId: 'last', owner: user });
    client.socket.resume();
    await eventually(
      () => client.closed !== undefined || client.events().some(([event]) => event === 'booking.confirmed'),
    );
    expect([1006, 1013]).toContain(client.closed);
    expect(client.events().length).toBeLessThan(30);
  });
});

describe('what a client sends', () => {
  it.each([
    ['{', 'Send JSON.'],
    ['[]', 'The type is one of authenticate, join, leave, typing.'],
    ['{"type":"dance"}', 'The type is one of authenticate, join, leave, typing.'],
    ['{"type":"join","room":"somewhere"}', 'room: A room is named kind:id'],
    ['{"type":"typing","room":"conversation:1","text":"hidden"}', 'Unrecognized key: "text"'],
  ])('is refused with the reason: %s', async (text, detail) => {
    const client = await join(randomUUID());
    client.socket.send(text);
    expect(await client.until('error')).toMatchObject({ code: 'unknown-message', detail });
    expect(client.closed).toBeUndefined();
  });

  it('opens fifty rooms, and no more', async () => {
    const client = await join(randomUUID());
    for (let room = 0; room < 51; room += 1) client.send({ type: 'join', room: `conversation:${room}` });
    await expect.poll(() => client.of('error').length, { timeout: 60_000 }).toBe(1);
    expect(client.of('joined')).toHaveLength(50);
    expect(client.of('error')[0]).toMatchObject({ code: 'too-many-rooms', room: 'conversation:50' });
  });
});

it('who was on a replica that was killed is no longer there, once it has been silent for a while', async () => {
  const [user, room] = [randomUUID(), `conversation:${randomUUID()}`];
  const watcher = await join(randomUUID());
  watcher.send({ type: 'join', room });
  await watcher.until('joined');
  const replica = await startReplica({ events: database.url, pubsub: database.url }, 9);
  const client = gateway.connect(replica.url, [], { authorization: `Bearer ${await tokenOf(user)}` });
  await client.until('ready');
  client.send({ type: 'join', room });
  const heard = () => watcher.of('presence').filter(({ userId }) => userId === user);
  await eventually(() => heard().length === 1);
  await endReplica(replica, 'SIGKILL');
  await eventually(() => heard().length === 2);
  expect(heard().map(({ online }) => online)).toEqual([true, false]);
});

it('counts what happens, by few labels', async () => {
  const user = randomUUID();
  const client = await join(user, 0, '1');
  client.send({ type: 'join', room: `conversation:${user}` });
  await client.until('joined');
  client.socket.close(4000);
  await eventually(() => client.closed !== undefined);
  const text = await (await fetch(`${(replicas[0] as RunningService).url}/metrics`)).text();
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  for (const name of [
    'websocket_opened_total{outcome="gap"}',
    'websocket_joins_total{outcome="joined"}',
    'websocket_messages_received_total{type="join"}',
    'websocket_messages_sent_total{type="joined"}',
    'websocket_closed_total{code="other"}',
  ])
    expect(value(name), name).toBeGreaterThan(0);
  expect([value('websocket_connections'), value('websocket_rooms')]).toEqual([0, 0]);
});

it('a replica that stops sends its clients to the others', async () => {
  const replica = await gateway.run();
  const client = gateway.connect(`${replica.url.replace('http', 'ws')}/ws`, [], {
    authorization: `Bearer ${await tokenOf(randomUUID())}`,
  });
  await client.until('ready');
  expect(await replica.stop()).toBe(true);
  expect(client.closed).toBe(1001);
});
