import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportCounts } from '../../../../../tests/servers/counts.ts';
import { cuttable } from '../../../../../tests/servers/cuttable.ts';
import { startConsul, type TestConsul } from '../../../../../tests/servers/consul.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { tlsLine } from '../../../../../tests/servers/secured.ts';
import { openCalls } from '../../calls/index.ts';
import { noContent } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import { defineService } from '../../service/definition.ts';
import { start } from '../../service/start.ts';
import { portOptions } from '../../testing/port-options.ts';
import { type Place, testRegistry } from '../conformance.ts';
import { openRegistry, type Registry } from '../index.ts';

let consul: TestConsul;
/** Instances of the service under test: each process has a registry of its own. */
const running = new Map<string, { registry: Registry; leave(): Promise<void> }>();
const label = ({ host, port }: Place): string => `${host}:${port}`;
const open = () => openRegistry(consul.url, portOptions());

beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await setRunning([]);
  reportProven({ port: 'registry', adapter: 'consul', server: consul.name });
  await consul[Symbol.asyncDispose]();
});

async function announce(place: Place, ready: () => boolean = () => true) {
  const registry = await open();
  const leave = registry.register({
    service: 'auth-service',
    instance: 'auth-service#1',
    ...place,
    ready: async () => ready(),
  });
  return { registry, leave };
}

async function setRunning(places: readonly Place[]): Promise<void> {
  const wanted = new Map(places.map((place) => [label(place), place]));
  for (const [name, { registry, leave }] of running) {
    if (wanted.has(name)) continue;
    running.delete(name);
    await leave();
    await registry.close();
  }
  for (const [name, place] of wanted) {
    if (!running.has(name)) running.set(name, await announce(place));
  }
}

/** As others see it. */
async function listed(service = 'auth-service'): Promise<string[]> {
  const answer = await fetch(`http://${consul.url.host}/v1/health/service/${service}?passing=1`);
  const entries = (await answer.json()) as { Service: { Address: string; Port: number } }[];
  return entries.map(({ Service }) => `${Service.Address}:${Service.Port}`).sort();
}

testRegistry('consul:', {
  async open(ready) {
    await setRunning(ready);
    await expect.poll(() => listed(), { timeout: 5_000 }).toEqual(ready.map(label).sort());
    return open();
  },
  change: setRunning,
  cut: () => consul.kill(),
  restore: () => consul.start(),
});

describe('an instance in Consul', () => {
  afterEach(() => setRunning([]));
  const a = { host: '127.0.0.1', port: 4001 };
  const b = { host: '127.0.0.1', port: 4002 };
  const seen = async (registry: Registry) => (await registry.instances('auth-service')).map(label).sort();

  /** Asks without a break; an answer that lacks one of the first two is a lost one. */
  const askAgainAndAgain = (caller: Registry) => {
    let [sent, lost, ended] = [0, 0, false];
    const asking = (async () => {
      while (!ended) {
        const answer = await seen(caller);
        sent += 1;
        if (![a, b].every((one) => answer.includes(label(one)))) lost += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const end = async () => {
      ended = true;
      await asking;
      return { sent, acknowledged: sent, refused: 0, delivered: sent - lost, repeated: 0, lost };
    };
    return { end };
  };

  it('is listed while it is ready, and is out of the list before its farewell returns', async () => {
    await setRunning([a]);
    await expect.poll(() => listed(), { timeout: 10_000 }).toEqual([label(a)]);
    await setRunning([]);
    expect(await listed()).toEqual([]);
  });

  it('is not listed while it is not ready', { timeout: 30_000 }, async () => {
    let ready = false;
    const { registry } = await announce(a, () => ready);
    const exists = async () => (await fetch(`http://${consul.url.host}/v1/agent/service/${id(a)}`)).status;
    await expect.poll(exists).toBe(200);
    expect(await listed()).toEqual([]);
    ready = true;
    await expect.poll(() => listed(), { timeout: 10_000 }).toEqual([label(a)]);
    await registry.close();
    expect(await listed()).toEqual([]);
  });

  it('announces the address by which it reaches Consul when it is told none', async () => {
    const registry = await open();
    registry.register({
      service: 'user-service',
      instance: 'user-service#1',
      host: undefined,
      port: 4003,
      ready: async () => true,
    });
    await expect.poll(() => listed('user-service')).toEqual(['127.0.0.1:4003']);
    await registry.close();
  });

  it('stays known to callers while Consul is stopped, killed and loses all it knew, and registers again', {
    timeout: 60_000,
  }, async () => {
    await setRunning([a, b]);
    const caller = await open();
    await expect.poll(() => seen(caller)).toEqual([label(a), label(b)]);
    const asking = askAgainAndAgain(caller);
    for (const end of ['stop', 'kill'] as const) {
      await consul[end]();
      await consul.forget();
      await consul.start();
      await expect.poll(() => listed(), { timeout: 15_000 }).toEqual([label(a), label(b)]);
    }
    // Changes made by somebody who was away meanwhile are seen all the same.
    await setRunning([a, b, { host: '127.0.0.1', port: 4004 }]);
    await expect.poll(() => seen(caller), { timeout: 10_000 }).toHaveLength(3);
    const counts = await asking.end();
    reportCounts(`registry: ${consul.name}, all state lost twice`, counts);
    expect(counts.lost).toBe(0);
    await caller.close();
  });

  it('stays known to callers whose line is cut again and again, and they see what changes meanwhile', {
    timeout: 60_000,
  }, async () => {
    await setRunning([a, b]);
    await using line = await cuttable(consul.url);
    const caller = await openRegistry(line.url, portOptions());
    await expect.poll(() => seen(caller), { timeout: 10_000 }).toEqual([label(a), label(b)]);
    const asking = askAgainAndAgain(caller);
    for (let cut = 1; cut <= 5; cut += 1) {
      line.cut();
      const more = Array.from({ length: cut }, (_, index) => ({ host: '127.0.0.1', port: 5001 + index }));
      await setRunning([a, b, ...more]);
      await expect.poll(() => seen(caller), { timeout: 15_000 }).toHaveLength(2 + cut);
    }
    const counts = await asking.end();
    reportCounts(`registry: ${consul.name}, callers cut off 5 times`, counts);
    expect(counts.lost).toBe(0);
    await caller.close();
  });

  it('leaves in bounded time while Consul is away, and opens without it', { timeout: 30_000 }, async () => {
    await setRunning([a]);
    await expect.poll(() => listed(), { timeout: 10_000 }).toEqual([label(a)]);
    await consul.kill();
    await setRunning([]);
    const early = await announce(b);
    const caller = await open();
    expect(await seen(caller)).toEqual([]);
    await consul.start();
    await expect.poll(() => seen(caller), { timeout: 15_000 }).toContain(label(b));
    await Promise.all([early.registry.close(), caller.close()]);
    await fetch(`http://${consul.url.host}/v1/agent/service/deregister/${id(a)}`, { method: 'PUT' });
  });
});

describe('Consul with TLS and an access control list', () => {
  let guarded: TestConsul;
  /** What docs/runtime.md says that a service needs. */
  const RULES = 'service_prefix "" { policy = "write" } node_prefix "" { policy = "read" }';
  beforeAll(async () => {
    guarded = await startConsul({ acl: true });
  });
  afterAll(async () => {
    reportProven({ port: 'registry', adapter: 'consul+https', server: guarded.name });
    await guarded[Symbol.asyncDispose]();
  });
  const joined = async (url: URL, token: string, options = portOptions()) => {
    const own = new URL(url);
    own.password = token;
    const registry = await openRegistry(own, options);
    const self = { service: 'auth-service', instance: 'auth-service#1', host: '127.0.0.1', port: 4001 };
    registry.register({ ...self, ready: async () => true });
    return registry;
  };

  it('lets services with a token enter and find each other', async () => {
    const registry = await joined(guarded.secureUrl, await guarded.token(RULES));
    await expect
      .poll(async () => (await registry.instances('auth-service')).map(label))
      .toEqual(['127.0.0.1:4001']);
    await registry.close();
  });

  it.each([
    ['one that is not there', async () => randomUUID(), 'ACL not found'],
    [
      'one that may only read',
      () => guarded.token('service_prefix "" { policy = "read" }'),
      'Permission denied',
    ],
  ])('says with another token, %s, why a service is not listed', async (_, token, reason) => {
    const options = portOptions();
    const warnings: unknown[] = [];
    options.log.warn = (context: object) => warnings.push(context);
    const registry = await joined(guarded.secureUrl, await token(), options);
    await expect
      .poll(() => warnings.map((one) => String((one as { err: Error }).err)))
      .toContainEqual(expect.stringContaining(`Consul answers 403: ${reason}`));
    expect(await registry.instances('auth-service')).toEqual([]);
    await registry.close();
  });

  it('does not speak to one whose certificate nobody vouches for', async () => {
    const options = portOptions();
    const warnings: unknown[] = [];
    options.log.warn = (context: object) => warnings.push(context);
    await using line = await tlsLine(guarded.url, { stranger: true });
    const url = new URL(guarded.secureUrl);
    url.port = String(line.port);
    const registry = await joined(url, await guarded.token(RULES), options);
    await expect
      .poll(() => warnings)
      .toContainEqual(
        expect.objectContaining({
          err: expect.objectContaining({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
        }),
      );
    await registry.close();
  });
});

it('brings callers from leaving services to arriving ones without a failed request', {
  timeout: 40_000,
}, async () => {
  const definition = defineService({
    name: 'auth-service',
    version: '1',
    routes: () => [
      route.get('/hello', { auth: 'public', responses: { 204: null }, handler: () => noContent() }),
    ],
  });
  const env = { REGISTRY_URL: consul.url.href, DRAIN_DELAY_MS: '200', LOG_LEVEL: 'silent' };
  const next = () => start(definition, { env, processMetrics: false });
  const registry = await open();
  const calls = openCalls(registry, ['auth-service'], portOptions());
  const services = [await next(), await next()];
  await expect.poll(() => listed(), { timeout: 5_000 }).toHaveLength(2);
  let ended = false;
  const statuses: unknown[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    while (!ended) {
      const answer = calls.clients['auth-service']?.get('/api/v1/hello');
      statuses.push(await answer?.then(({ status }) => status, String));
    }
  });
  for (let round = 0; round < 3; round += 1) {
    services.push(await next());
    await expect.poll(() => listed(), { timeout: 5_000 }).toHaveLength(3);
    await services.shift()?.stop();
    expect(await listed()).toHaveLength(2);
  }
  ended = true;
  await Promise.all(callers);
  expect(statuses.filter((status) => status !== 204)).toEqual([]);
  expect(statuses.length).toBeGreaterThan(100);
  await Promise.all(services.map((service) => service.stop()));
  expect(await listed()).toEqual([]);
  await calls.close();
  await registry.close();
});

const id = (place: Place): string => encodeURIComponent(`auth-service#1@${label(place)}`);
