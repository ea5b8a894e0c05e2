import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createVerifier } from '../../auth/verifier.ts';
import { systemClock } from '../../clock.ts';
import { defineService } from '../../service/definition.ts';
import { type RunningService, start } from '../../service/start.ts';
import { eventProbe, portOptions, type TestDatabase, testDatabase, testIssuer } from '../../testing/index.ts';
import { eventually } from '../testing.ts';
import { forwardEvents } from './forward.ts';
import { createSockets } from './sockets.ts';

const contracts = {
  'booking.confirmed': z.object({
    bookingId: z.string(),
    guestId: z.string(),
    hostId: z.string().optional(),
  }),
  'message.created': z.object({ participants: z.array(z.string()), text: z.string() }),
};
const gateway = defineService({
  name: 'websocket-gateway',
  version: '1.0.0',
  needs: { pubsub: true },
  contracts,
  routes: () => [],
  consumers: (platform) => forwardEvents(contracts, platform),
  upgrade: createSockets,
});

let database: TestDatabase;
let replicas: RunningService[];
let publish: (event: string, payload: object) => Promise<void>;
beforeAll(async () => {
  database = await testDatabase();
  const env = {
    EVENTS_URL: database.url.href,
    PUBSUB_URL: database.url.href,
    CORS_ORIGINS: 'https://app.example.com',
  };
  const verifier = createVerifier({ ...(await testIssuer()), clock: systemClock });
  const run = () => start(gateway, { env, verifier, log: portOptions().log, processMetrics: false });
  replicas = [await run(), await run()];
  const probe = await eventProbe(database.url, []);
  publish = (event, payload) => probe.publish(event, payload);
  closing.push(() => probe.close());
});
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await database.drop();
});

const clients: Client[] = [];
afterEach(() => clients.splice(0).forEach(({ socket }) => socket.terminate()));

class Client {
  readonly socket: WebSocket;
  readonly messages: any[] = [];
  closed: number | undefined;
  constructor(url: string, protocols: string[], headers: Record<string, string>) {
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => undefined);
    clients.push(this);
  }
  events = () => this.messages.filter(({ type }) => type === 'event').map(({ event, data }) => [event, data]);
  async until(type: string): Promise<any> {
    await eventually(() => this.messages.some((message) => message.type === type));
    return this.messages.find((message) => message.type === type);
  }
}

const tokenOf = async (id: string, now?: number) => (await testIssuer()).tokenFor({ id }, now);
const addressOf = (replica: number, path = '/ws') =>
  `${(replicas[replica] as RunningService).url.replace('http', 'ws')}${path}`;

async function join(user: string, replica = 0): Promise<Client> {
  const client = new Client(addressOf(replica), ['hometrip.v1', `bearer.${await tokenOf(user)}`], {});
  await client.until('ready');
  return client;
}

/** Status of a refused handshake. */
async function refusal(
  headers: Record<string, string>,
  protocols: string[] = [],
  path?: string,
): Promise<number | undefined> {
  const { socket } = new Client(addressOf(0, path), protocols, headers);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

describe('events', () => {
  it('reach the users whom they name, on whichever replica these are', async () => {
    const [guest, host, stranger] = [randomUUID(), randomUUID(), randomUUID()];
    const [laptop, phone, hosts, other] = [
      await join(guest, 0),
      await join(guest, 1),
      await join(host, 1),
      await join(stranger, 0),
    ];
    const confirmed = { bookingId: 'b1', guestId: guest, hostId: host };
    const message = { participants: [host, guest], text: 'Welcome!' };
    await publish('booking.confirmed', confirmed);
    await eventually(() => [laptop, phone, hosts].every((client) => client.events().length === 1));
    await publish('message.created', message);
    await eventually(() => [laptop, phone, hosts].every((client) => client.events().length === 2));
    for (const client of [laptop, phone, hosts])
      expect(client.events()).toEqual([
        ['booking.confirmed', confirmed],
        ['message.created', message],
      ]);
    expect(other.events()).toEqual([]);
  });

  it('carry an id and the time at which it happened', async () => {
    const user = randomUUID();
    const client = await join(user);
    await publish('booking.confirmed', { bookingId: 'b2', guestId: user });
    expect(await client.until('event')).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('still arrive on one socket when the other one of the same user is closed', async () => {
    const user = randomUUID();
    const [kept, left] = [await join(user), await join(user)];
    left.socket.close();
    await eventually(() => left.closed !== undefined);
    await publish('booking.confirmed', { bookingId: 'b3', guestId: user });
    await kept.until('event');
  });
});

describe('the handshake', () => {
  it('takes the token as a header, or as a subprotocol that it does not repeat', async () => {
    const token = await tokenOf(randomUUID());
    const program = new Client(addressOf(0), [], { authorization: `Bearer ${token}` });
    await program.until('ready');
    const browser = new Client(addressOf(0), ['hometrip.v1', `bearer.${token}`], {});
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
      await new Client(addressOf(0), [], { authorization, origin }).until('ready');
    }
  });

  it('is had at /ws only', async () => {
    expect(await refusal({ authorization: `Bearer ${await tokenOf(randomUUID())}` }, [], '/elsewhere')).toBe(
      404,
    );
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
    const client = new Client(addressOf(0), [], {
      authorization: `Bearer ${await nearlyExpired(randomUUID())}`,
    });
    await client.until('ready');
    await eventually(() => client.closed !== undefined);
    expect(client.closed).toBe(4401);
  });

  it('lives on with a new one', async () => {
    const user = randomUUID();
    const client = new Client(addressOf(0), [], { authorization: `Bearer ${await nearlyExpired(user)}` });
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
    ['many', (socket: WebSocket) => Array.from({ length: 31 }, () => socket.send('{}')), 1008],
  ])('ends when messages are too %s', async (_, send, code) => {
    const client = await join(randomUUID());
    send(client.socket);
    await eventually(() => client.closed !== undefined);
    expect(client.closed).toBe(code);
  });

  it('ends when its client does not read what comes', async () => {
    const user = randomUUID();
    const client = await join(user);
    client.socket.pause();
    const text = 'x'.repeat(900_000);
    for (let sent = 0; sent < 30; sent += 1) await publish('message.created', { participants: [user], text });
    await publish('booking.confirmed', { bookingId: 'last', guestId: user });
    client.socket.resume();
    await eventually(
      () => client.closed !== undefined || client.events().some(([event]) => event === 'booking.confirmed'),
    );
    expect([1006, 1013]).toContain(client.closed);
    expect(client.events().length).toBeLessThan(30);
  });
});

it('a replica that stops sends its clients to the others', async () => {
  const env = { EVENTS_URL: database.url.href, PUBSUB_URL: database.url.href };
  const replica = await start(gateway, {
    env,
    log: portOptions().log,
    verifier: createVerifier({ ...(await testIssuer()), clock: systemClock }),
    processMetrics: false,
  });
  const client = new Client(`${replica.url.replace('http', 'ws')}/ws`, [], {
    authorization: `Bearer ${await tokenOf(randomUUID())}`,
  });
  await client.until('ready');
  expect(await replica.stop()).toBe(true);
  expect(client.closed).toBe(1001);
});
