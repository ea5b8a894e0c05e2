import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cuttable, cuttable } from '../../../../tests/servers/cuttable.ts';
import { startRedis, type TestRedis } from '../../../../tests/servers/redis.ts';
import { reportProven } from '../../../../tests/servers/report.ts';
import { portOptions } from '../testing/port-options.ts';
import { testPubSub } from './conformance.ts';
import { testInterruptions } from './testing/interruptions.ts';
import { follow, testKeptTopics } from './kept-conformance.ts';
import { openPubSub, type PubSub } from './index.ts';

let server: TestRedis;
let line: Cuttable;
beforeAll(async () => {
  server = await startRedis();
  line = await cuttable(server.url);
});
afterAll(async () => {
  await line[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  reportProven({ port: 'pubsub', adapter: 'redis', server: server.name });
});

testPubSub('Redis', () => server.url);
testKeptTopics('Redis', () => server.url);
testInterruptions('Redis', () => line.url, [
  { name: 'its server is stopped', times: 3, happen: () => server.stop().then(server.start) },
  { name: 'its server is killed', times: 3, happen: () => server.kill().then(server.start) },
  { name: 'all connections are cut', times: 20, happen: async () => line.cut() },
  { name: 'the line is away for a while', times: 2, happen: () => line.close().then(line.open) },
  { name: 'only subscribers are cut off', times: 20, happen: () => server.ask('CLIENT KILL TYPE pubsub') },
]);

describe('pub/sub on Redis', () => {
  let members: PubSub[];
  beforeAll(async () => {
    members = await Promise.all([1, 2, 3].map(() => openPubSub(server.url, portOptions())));
  });
  afterAll(() => Promise.all(members.map((member) => member.close())));
  const member = (index: number) => members[index] as PubSub;
  const record = async (listener: PubSub, topic: string) => {
    const heard: unknown[] = [];
    const stop = await listener.subscribe(topic, (message) => heard.push(message));
    return { heard, stop };
  };
  /** Sends until all hear it: after an interruption each comes back at its own moment. */
  const reaches = (topic: string, all: readonly { heard: unknown[] }[]) => {
    const mark = randomUUID();
    return expect
      .poll(
        async () => {
          await member(0)
            .publish(topic, mark)
            .catch(() => undefined);
          return all.every(({ heard }) => heard.includes(mark));
        },
        { timeout: 10_000, interval: 20 },
      )
      .toBe(true);
  };

  it.each([
    ['stopped', () => server.stop()],
    ['killed', () => server.kill()],
  ])('goes on with all subscriptions after its server was %s', async (_, end) => {
    const topics = [randomUUID(), randomUUID()] as const;
    const listeners = await Promise.all(
      topics.map((topic) => Promise.all(members.map((one) => record(one, topic)))),
    );
    await end();
    await expect(member(0).publish(topics[0], 'lost')).rejects.toMatchObject({ status: 503 });
    await expect(member(1).subscribe(randomUUID(), () => undefined)).rejects.toMatchObject({ status: 503 });
    await expect(member(2).check?.()).rejects.toMatchObject({ status: 503 });
    await server.start();
    for (const [index, topic] of topics.entries()) await reaches(topic, listeners[index] ?? []);
    // Whoever was refused while the server read its data tries again a moment later.
    for (const one of members)
      await expect.poll(() => one.check?.().then(() => 'well', String), { timeout: 5_000 }).toBe('well');
    expect(listeners.flat().some(({ heard }) => heard.includes('lost'))).toBe(false);
  });

  it('delivers each message once, in order, however often subscribers are cut off in between', async () => {
    const topic = randomUUID();
    const listeners = await Promise.all(members.map((one) => record(one, topic)));
    for (let cut = 0; cut < 5; cut += 1) {
      await server.ask('CLIENT KILL TYPE pubsub');
      await reaches(topic, listeners);
      for (const { heard } of listeners) heard.length = 0;
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      await Promise.all(numbers.map((number) => member(0).publish(topic, number)));
      for (const { heard } of listeners)
        await expect.poll(() => heard.filter((message) => typeof message === 'number')).toEqual(numbers);
    }
  });

  it('notices that a server is silent because it has stopped to answer, not because nobody says anything', async () => {
    const topic = randomUUID();
    const options = portOptions();
    const listening = await openPubSub(server.url, options);
    const listener = await record(listening, topic);
    const isConnected = async () =>
      (await options.metrics.metrics()).includes('redis_connected{use="subscribe"} 1');
    expect(await isConnected()).toBe(true);
    server.freeze();
    try {
      await expect.poll(isConnected, { timeout: 15_000, interval: 100 }).toBe(false);
    } finally {
      server.thaw();
    }
    await reaches(topic, [listener]);
    await listening.close();
  });

  it('says that something is missing when the server has forgotten what was kept', async () => {
    const topic = randomUUID();
    const follower = await follow(member(0), topic);
    const keep = { count: 100, seconds: 600 };
    await member(1).append(topic, 'before', keep);
    await expect.poll(() => follower.heard).toEqual(['before']);
    await server.flush();
    await server.ask('CLIENT KILL TYPE pubsub');
    await expect.poll(() => follower.gaps).toBe(1);
    await member(1).append(topic, 'after', keep);
    await expect.poll(() => follower.heard).toEqual(['before', 'after']);
  });

  it('forgets a topic some time after the last message', async () => {
    const topic = randomUUID();
    const seconds = async () =>
      Number(/:(-?\d+)/.exec(await server.ask(`TTL hometrip:pubsub-log:${topic}`))?.[1]);
    await member(0).append(topic, 'kept', { count: 10, seconds: 60 });
    expect(await seconds()).toBeGreaterThan(50);
    const keep = { count: 10, seconds: 1 };
    const position = await member(0).append(topic, 'kept', keep);
    await expect.poll(seconds, { timeout: 5_000 }).toBe(-2);
    expect((await follow(member(1), topic, { keep, after: position })).gaps).toBe(1);
  });

  it('leaves a channel with its last subscriber, and may come back at once', async () => {
    const topic = randomUUID();
    const channels = async () => (await server.ask('PUBSUB CHANNELS')).includes(topic);
    const [first, second] = [await record(member(0), topic), await record(member(0), topic)];
    await first.stop();
    expect(await channels()).toBe(true);
    await second.stop();
    expect(await channels()).toBe(false);
    const leaving = await record(member(0), topic);
    const [, back] = await Promise.all([leaving.stop(), record(member(0), topic)]);
    await member(1).publish(topic, 'again');
    await expect.poll(() => back.heard).toEqual(['again']);
    expect(leaving.heard).toEqual([]);
  });

  it.each([
    ['another prefix', (url: URL) => url.searchParams.set('prefix', 'other')],
    ['another database', (url: URL) => (url.pathname = '/1')],
  ])('keeps a system with %s on the same server apart', async (_, change) => {
    const url = new URL(server.url);
    change(url);
    const other = await openPubSub(url, portOptions());
    const topic = randomUUID();
    const [mine, theirs] = [await record(member(0), topic), await record(other, topic)];
    await other.publish(topic, 'theirs');
    await member(1).publish(topic, 'mine');
    await expect.poll(() => [mine.heard, theirs.heard]).toEqual([['mine'], ['theirs']]);
    await other.close();
  });

  it('leaves out what somebody else sends that is not JSON', async () => {
    const topic = randomUUID();
    const { heard } = await record(member(0), topic);
    await server.ask(`PUBLISH hometrip:pubsub:0:${topic} nonsense`);
    await member(1).publish(topic, 'sense');
    await expect.poll(() => heard).toEqual(['sense']);
  });
});
