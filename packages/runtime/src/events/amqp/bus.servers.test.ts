import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { startRabbitMq, type TestRabbitMq } from '../../../../../tests/servers/rabbitmq.ts';
import { tlsLine } from '../../../../../tests/servers/secured.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testBusAdapter } from '../conformance.ts';
import { gather } from './gather.ts';
import { openBus, type BusAdapter, type BusMessage, type Delivery } from '../index.ts';

let server: TestRabbitMq;
beforeAll(async () => {
  server = await startRabbitMq();
});
afterAll(async () => {
  reportProven({ port: 'events', adapter: 'amqp', server: server.name });
  reportProven({ port: 'events', adapter: 'amqps', server: server.name });
  await server[Symbol.asyncDispose]();
});

testBusAdapter('RabbitMQ', (instance) => openBus(server.url, { ...portOptions(instance), leaseMs: 1_000 }));

describe('RabbitMQ as a broker that others use too', () => {
  const opened: BusAdapter[] = [];
  let raw: ChannelModel;
  let channel: Channel;
  beforeAll(async () => {
    raw = await connect(server.url.href);
    channel = await raw.createChannel();
  });
  afterAll(() => raw.close());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
  });
  const open = async (url = server.url) => {
    const bus = await openBus(url, portOptions());
    opened.push(bus);
    return bus;
  };
  const unique = (word: string) => `${word}.${randomUUID()}`;
  const message = (name: string): BusMessage => ({
    id: randomUUID(),
    name,
    source: 'test',
    payload: {},
    headers: {},
    occurredAt: '2026-07-01T10:00:00.000Z',
  });
  const recorder = () => {
    const seen: Delivery[] = [];
    const handle = async (delivery: Delivery) => {
      seen.push(delivery);
      return { kind: 'done' as const };
    };
    return { seen, handle };
  };

  it('puts aside what is no event, and says why', async () => {
    const bus = await open();
    const [group, event] = [unique('g'), unique('e')];
    const { seen, handle } = recorder();
    await bus.subscribe({ group, events: [event], concurrency: 1 }, handle);
    channel.publish('events', event, Buffer.from('hello'), { messageId: 'm-1' });
    await expect
      .poll(() => bus.deadLetters(group, 10))
      .toMatchObject([
        {
          message: { id: 'm-1', name: event, payload: 'hello' },
          reason: expect.stringContaining('its content is not JSON'),
        },
      ]);
    expect(seen).toEqual([]);
  });

  it('puts aside what kills each process that gets it', async () => {
    const bus = await open();
    const [group, event] = [unique('g'), unique('e')];
    const { handle } = recorder();
    await (await bus.subscribe({ group, events: [event], concurrency: 1 }, handle)).stop();
    const sent = message(event);
    await bus.publish([sent]);
    let deliveries = 0;
    /** Gets it and is gone, without a word: newer brokers do not count what is given back in good order. */
    const victim = async (): Promise<void> => {
      const connection = await connect(server.url.href);
      connection.on('error', () => undefined);
      const { stream } = connection.connection as unknown as { stream: Socket };
      const gone = new Promise((resolve) => stream.once('close', () => resolve('gone')));
      const consumer = await connection.createChannel();
      await consumer.consume(`events.${group}`, (delivery) => {
        if (delivery === null) return;
        deliveries += 1;
        stream.destroy();
      });
      const dead = async () => (await bus.lag(group)).dead > 0;
      while ((await Promise.race([gone, sleep(50)])) !== 'gone') if (await dead()) stream.destroy();
    };
    while ((await bus.lag(group)).dead === 0) await victim();
    expect(await bus.deadLetters(group, 10)).toMatchObject([
      { message: sent, reason: expect.stringContaining('delivery_limit') },
    ]);
    // Far more than the 20 that RabbitMQ 4 has by default.
    expect(deliveries).toBe(101);
    expect(await bus.replay(group)).toBe(1);
    expect(await bus.lag(group)).toMatchObject({ waiting: 1, dead: 0 });
  });

  it('lets dead letters be looked at as often as one likes', async () => {
    const bus = await open();
    const [group, event] = [unique('g'), unique('e')];
    await bus.subscribe({ group, events: [event], concurrency: 1 }, async () => ({
      kind: 'dead',
      reason: 'no',
    }));
    const sent = [message(event), message(event), message(event)];
    await bus.publish(sent);
    await expect.poll(() => bus.lag(group)).toMatchObject({ dead: 3 });
    const ids = async (limit: number) => (await bus.deadLetters(group, limit)).map((dead) => dead.message.id);
    for (let look = 0; look < 30; look += 1) expect(await ids(10)).toEqual(sent.map(({ id }) => id));
    expect(await ids(2)).toEqual(sent.slice(0, 2).map(({ id }) => id));
  });

  it('keeps what a new version of a service handles from being lost to an old one', async () => {
    const bus = await open();
    const [group, known, added] = [unique('g'), unique('e'), unique('e')];
    const [old, fresh] = [recorder(), recorder()];
    const both = { group, events: [known, added], concurrency: 1 };
    const oldMember = await bus.subscribe({ group, events: [known], concurrency: 1 }, old.handle);
    await (await bus.subscribe(both, fresh.handle)).stop();
    const sent = [message(added), message(known)];
    await bus.publish(sent);
    await expect.poll(() => old.seen.length).toBe(1);
    await oldMember.stop();
    await bus.subscribe(both, fresh.handle);
    await expect
      .poll(() => fresh.seen, { timeout: 20_000 })
      .toMatchObject([{ message: { name: added }, attempt: 1 }]);
    expect(old.seen).toMatchObject([{ message: { name: known } }]);
  });

  it('keeps stacks with exchanges of their own apart', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((exchange) => open(new URL(`?exchange=${exchange}`, server.url))),
    );
    const subscription = { group: unique('g'), events: [unique('e')], concurrency: 1 };
    const [ours, theirs] = [recorder(), recorder()];
    await one?.subscribe(subscription, ours.handle);
    await other?.subscribe(subscription, theirs.handle);
    const sent = [1, 2, 3].map(() => message(subscription.events[0] ?? ''));
    await one?.publish(sent);
    await expect.poll(() => ours.seen.length).toBe(3);
    expect(theirs.seen).toEqual([]);
    expect(await other?.lag(subscription.group)).toEqual({ waiting: 0, seconds: 0, dead: 0 });
  });

  it('takes more events at once than fit into the buffers on the way', async () => {
    const bus = await open();
    const [group, event] = [unique('g'), unique('e')];
    const { seen, handle } = recorder();
    await bus.subscribe({ group, events: [event], concurrency: 64 }, handle);
    const sent = Array.from({ length: 3_000 }, () => message(event));
    await bus.publish(sent);
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(sent.length);
    expect(seen.map(({ message: { id } }) => id)).toEqual(sent.map(({ id }) => id));
  });

  it('holds what is published together back from the socket for a turn, and no longer', async () => {
    const { stream } = raw.connection as unknown as { stream: Socket };
    expect(stream.writableCorked).toBe(0);
    gather(channel);
    expect(stream.writableCorked).toBe(1);
    await expect.poll(() => stream.writableCorked).toBe(0);
  });

  it('speaks TLS to amqps://, with a broker whose certificate is trusted, and with no other', async () => {
    const [group, event] = [unique('g'), unique('e')];
    await using line = await tlsLine(server.url, { stranger: true });
    const strange = new URL(server.secureUrl);
    strange.port = String(line.port);
    const stranger = await openBus(strange, { ...portOptions(), reconnectMs: 500 });
    opened.push(stranger);
    await expect
      .poll(() => stranger.publish([message(event)]).catch(String), { interval: 100 })
      .toMatch(/cannot be reached: .*certificate/);
    const bus = await open(server.secureUrl);
    const { seen, handle } = recorder();
    await bus.subscribe({ group, events: [event], concurrency: 1 }, handle);
    const sent = message(event);
    await bus.publish([sent]);
    await expect.poll(() => seen).toMatchObject([{ message: sent }]);
  });

  it('refuses a wrong password where one can see it', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    const bus = await openBus(url, { ...portOptions(), reconnectMs: 500 });
    opened.push(bus);
    await expect(bus.publish([message('e')])).rejects.toThrow(/ACCESS[-_]REFUSED|Handshake terminated/);
  });
});
