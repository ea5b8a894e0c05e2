/** services.yaml says `external:`: the same services on a Redis and a RabbitMQ that run elsewhere. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../servers/counts.ts';
import { startRabbitMq } from '../servers/rabbitmq.ts';
import { startRedis, type TestRedis } from '../servers/redis.ts';
import type { TestServer } from '../servers/server.ts';
import { registerAt, testThroughTheGateway } from './gateway-suite.ts';
import { createProject, type TestProject, until } from './hometrip.ts';

interface Status {
  readonly instances: readonly { service: string; state: string; port: number; pid: number }[];
  readonly components: readonly { name: string; provider: string }[];
}

const spec = readFileSync(new URL('../../services.yaml', import.meta.url), 'utf8').replace(
  '\nenvironments:',
  `$&
  managed:
    components:
      redis: { external: "\${REDIS_URL}" }
      rabbitmq: { external: "\${BROKER_URL}" }`,
);

let redis: TestRedis;
let broker: TestServer;
let project: TestProject;
let gateway = '';
const variables: Record<string, string> = {};
const up = () =>
  project.result<{ urls: { service: string; url: string }[]; operations: unknown[] }>(
    'up',
    '--env',
    'managed',
  );
const status = () => project.hometrip('status', '--json').then(({ stdout }): Status => JSON.parse(stdout));
const allReady = () =>
  until('all are ready', async () =>
    (await status()).instances.every(({ state }) => state === 'ready') ? true : undefined,
  );
/** Ids of the users of whom user-service heard, once for each time. */
const heardOf = async (): Promise<string[]> => {
  const { stdout } = await project.hometrip('logs', 'user-service', '--grep', 'user.registered', '--json');
  return stdout
    .split('\n')
    .filter((line) => line.includes('"userId"'))
    .map((line) => /"userId":"([^"]+)"/.exec(line)?.[1] ?? '');
};

beforeAll(async () => {
  [redis, broker] = await Promise.all([startRedis(), startRabbitMq()]);
  Object.assign(variables, { REDIS_URL: redis.url.href, BROKER_URL: broker.url.href });
  project = createProject(spec, variables);
  const { urls } = await up();
  gateway = urls.find(({ service }) => service === 'api-gateway')?.url ?? '';
}, 240_000);
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await Promise.all([redis?.[Symbol.asyncDispose](), broker?.[Symbol.asyncDispose]()]);
}, 60_000);

describe('up with external servers', () => {
  it('uses them, and makes no database in their place', async () => {
    const { components } = await status();
    const here = Object.fromEntries(components.map(({ name, provider }) => [name, provider]));
    expect(here).toMatchObject({ redis: 'external', rabbitmq: 'external' });
    const { databases } = JSON.parse(project.read('.hometrip/data.json')) as { databases: string[] };
    expect(databases.sort()).toEqual([
      'analytics',
      'auth',
      'booking',
      'listing',
      'message',
      'notification',
      'payment',
      'review',
      'search',
      'user',
    ]);
  });

  it('has nothing to do the second time', async () => {
    expect((await up()).operations).toEqual([]);
  });

  it('keeps the passwords in their addresses out of logs, generated files and process lists', async () => {
    const secrets = [redis.url.password, broker.url.password];
    const { stdout } = await project.hometrip('logs', '--json');
    const inspected = await project.hometrip('inspect', '--env', 'managed', '--json');
    const arguments_ = (await status()).instances.map(({ pid }) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    );
    for (const text of [stdout, inspected.stdout, ...arguments_])
      expect(secrets.some((secret) => text.includes(secret))).toBe(false);
  });

  it('names a server that is not there, and touches nothing', async () => {
    const before = (await status()).instances.map(({ pid }) => pid);
    const wrong = { REDIS_URL: 'redis://127.0.0.1:1/0', BROKER_URL: 'kafka://broker.example.com' };
    const good = { ...variables };
    Object.assign(variables, wrong);
    const { exitCode, stderr } = await project.hometrip('up', '--env', 'managed');
    Object.assign(variables, good);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('redis cannot be reached at 127.0.0.1:1: the connection is refused');
    expect(stderr).toContain(
      'rabbitmq has an external address with kafka://: it must begin with amqp:// or amqps://',
    );
    expect(stderr).toContain('check REDIS_URL (components.redis.external in services.yaml)');
    expect((await status()).instances.map(({ pid }) => pid)).toEqual(before);
  });
});

testThroughTheGateway(() => gateway);

describe('while they are away', () => {
  it.each([
    ['stopped', () => broker.stop()],
    ['killed', () => broker.kill()],
  ])(
    'no event is lost when RabbitMQ is %s: whoever signed up is heard of once',
    async (what, end) => {
      const earlier = await heardOf();
      const people: string[] = [];
      const signUp = async (count: number) => {
        for (let index = 0; index < count; index += 1) people.push((await registerAt(gateway, 'Ada')).id);
      };
      await signUp(5);
      await end();
      await signUp(5);
      await broker.start();
      await signUp(5);
      const heard = await until(
        'everybody was heard of',
        async () => {
          const all = (await heardOf()).slice(earlier.length);
          return people.every((id) => all.includes(id)) ? all : undefined;
        },
        60_000,
      );
      const delivered = heard.filter((id) => people.includes(id));
      const once = new Set(delivered);
      reportCounts(`the whole stack on ${broker.name}, which is ${what}`, {
        sent: people.length,
        acknowledged: people.length,
        refused: 0,
        delivered: once.size,
        repeated: delivered.length - once.size,
        lost: people.filter((id) => !once.has(id)).length,
      });
      expect(delivered.sort()).toEqual(people.sort());
      await allReady();
    },
    180_000,
  );

  it('people still sign up while Redis is gone for a moment: limits decide as declared', async () => {
    await redis.kill();
    expect((await registerAt(gateway, 'Bob')).id).toMatch(/^[0-9a-f-]{36}$/);
    await redis.start();
    await allReady();
  }, 120_000);
});
