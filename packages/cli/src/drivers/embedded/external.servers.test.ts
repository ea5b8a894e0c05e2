/** What `up` asks servers that run elsewhere, before it touches anything. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFerretDb } from '../../../../../tests/servers/ferretdb.ts';
import { startMongo } from '../../../../../tests/servers/mongodb.ts';
import { startExim, type TestExim } from '../../../../../tests/servers/exim.ts';
import { startRabbitMq, type TestRabbitMq } from '../../../../../tests/servers/rabbitmq.ts';
import { startRedis, type TestRedis } from '../../../../../tests/servers/redis.ts';
import { guardedHttp, type Secured } from '../../../../../tests/servers/secured.ts';
import { requireExternal } from './external.ts';
import { stackOf } from './testing/stack.ts';

const stacks = {
  redis: stackOf(`components: { redis: { external: "\${ADDRESS}" } }
services: { room-service: { port: 4001, uses: [redis] } }`),
  rabbitmq: stackOf(`components: { rabbitmq: { external: "\${ADDRESS}" } }
events: { room.opened: { room: uuid } }
services: { room-service: { port: 4001, uses: [rabbitmq], publishes: [room.opened] } }`),
  elasticsearch: stackOf(`components: { elasticsearch: { external: "\${ADDRESS}" } }
services: { room-service: { port: 4001, database: elasticsearch, entities: { room: { title: text } } } }`),
  mongodb: stackOf(`components: { mongodb: { external: "\${ADDRESS}" } }
services: { room-service: { port: 4001, database: mongodb, entities: { room: { title: text } } } }`),
  smtp: stackOf(`components: { smtp: { external: "\${ADDRESS}", from: no-reply@example.com } }
services: { room-service: { port: 4001, uses: [smtp] } }`),
};
type Kind = Exclude<keyof typeof stacks, 'mongodb'>;

const TOKEN = `Basic ${Buffer.from('ann:right').toString('base64')}`;
let redis: TestRedis;
let broker: TestRabbitMq;
let exim: TestExim;
let cluster: Server;
let search: Secured;
beforeAll(async () => {
  cluster = createServer((_, answer) => answer.end('{}')).listen(0, '127.0.0.1');
  await once(cluster, 'listening');
  const { port } = cluster.address() as AddressInfo;
  [redis, broker, exim, search] = await Promise.all([
    startRedis(),
    startRabbitMq(),
    startExim(),
    guardedHttp(new URL(`http://127.0.0.1:${port}`), [TOKEN]),
  ]);
});
afterAll(async () => {
  await Promise.all([redis, broker, exim, search].map((server) => server?.[Symbol.asyncDispose]()));
  cluster?.close();
});

/** Addresses whose password is right. */
const right: Readonly<Record<Kind, () => URL>> = {
  redis: () => redis.url,
  rabbitmq: () => broker.url,
  elasticsearch: () => new URL(`https://ann:right@127.0.0.1:${search.port}`),
  smtp: () => exim.url,
};
const kinds = Object.keys(right) as Kind[];

/** The password of a mail server is in a file, all others are in their addresses. */
async function problem(kind: keyof typeof stacks, address: URL): Promise<unknown> {
  const inAddress = new URL(address);
  if (kind === 'smtp') inAddress.password = '';
  return await requireExternal(
    stacks[kind],
    { ADDRESS: inAddress.href },
    () => decodeURIComponent(address.password),
    new AbortController().signal,
  ).then(
    () => 'none',
    (error: unknown) => error,
  );
}
const withPassword = (url: URL, password: string): URL => Object.assign(new URL(url), { password });

describe('before anything is touched, up', () => {
  it.each(kinds)('is content with a %s that lets its user in', async (kind) => {
    expect(await problem(kind, right[kind]())).toBe('none');
  });

  it.each(kinds)(
    'says that the password for %s is wrong, where it is written, and never what it is',
    async (kind) => {
      const found = await problem(kind, withPassword(right[kind](), 'sesame'));
      expect(found).toMatchObject({
        message: expect.stringMatching(
          new RegExp(
            `^${kind} does not let .+ in at 127\\.0\\.0\\.1:\\d+: the password is wrong, or missing$`,
          ),
        ),
        next: expect.arrayContaining([`check ADDRESS (components.${kind}.external in services.yaml)`]),
      });
      expect(JSON.stringify(found)).not.toMatch(/sesame/);
    },
  );

  it.each(kinds)('says that there is no %s of this name', async (kind) => {
    const address = Object.assign(new URL(right[kind]()), { hostname: 'nowhere.invalid' });
    expect(await problem(kind, address)).toMatchObject({
      message: expect.stringMatching(new RegExp(`^${kind} cannot be reached at nowhere\\.invalid:\\d+: `)),
      next: expect.arrayContaining([`check ADDRESS (components.${kind}.external in services.yaml)`]),
    });
  });

  it('names the file that holds the password of a mail server', async () => {
    expect(await problem('smtp', withPassword(exim.url, 'sesame'))).toMatchObject({
      next: expect.arrayContaining(['its password is in .hometrip/secrets/smtp-password']),
    });
  });

  // What stands in for MongoDB either lets in all, or has no transactions: scripts/servers/newer-debian.sh.
  it('tells a wrong password of MongoDB from a server that has no transactions', async () => {
    await using mongo = await startMongo();
    mongo.addUser('ada', 'correct-horse-1');
    await using ferret = await startFerretDb(mongo.databaseUrl);
    const as = (username: string, password: string) =>
      Object.assign(new URL(ferret.url), { username, password });
    expect(await problem('mongodb', mongo.url)).toBe('none');
    expect(await problem('mongodb', as('ada', 'sesame'))).toMatchObject({
      message: expect.stringMatching(
        /^mongodb does not let ada in at 127\.0\.0\.1:\d+: the password is wrong, or missing$/,
      ),
    });
    expect(await problem('mongodb', as('ada', 'correct-horse-1'))).toMatchObject({
      message: expect.stringMatching(/^mongodb cannot be used at .+ is a standalone server/),
    });
  });

  it('says what a server has not: a database of Redis, a virtual host of RabbitMQ', async () => {
    const at = (url: URL, pathname: string) => Object.assign(new URL(url), { pathname });
    expect(await problem('redis', at(redis.url, '/99'))).toMatchObject({
      message: expect.stringMatching(/^redis cannot be used at .+: ERR DB index is out of range$/),
    });
    expect(await problem('rabbitmq', at(broker.url, '/nowhere'))).toMatchObject({
      message: expect.stringMatching(/^rabbitmq cannot be used at .+: there is no virtual host nowhere/),
    });
  });
});
