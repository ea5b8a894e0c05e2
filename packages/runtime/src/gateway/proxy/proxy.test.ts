import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry as Metrics } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { InstancePool } from '../../calls/index.ts';
import { fakeRegistry, listen, type TestInstance } from '../../calls/testing.ts';
import { systemClock } from '../../clock.ts';
import type { Instance } from '../../registry/index.ts';
import { proxyMetrics } from './metrics.ts';
import { type ForwardResult, ReverseProxy } from './proxy.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

const start = async (...parameters: Parameters<typeof listen>): Promise<TestInstance> => {
  const instance = await listen(...parameters);
  cleanUp.push(() => instance.close());
  return instance;
};

/** A server that passes everything on to `stays`, and what became of it. */
async function proxyTo(instances: readonly Instance[], options: { slowestMs?: number } = {}) {
  const registry = fakeRegistry(instances);
  const pool = new InstancePool(registry, { clock: systemClock, balance: 'round_robin' });
  const proxy = new ReverseProxy(pool, proxyMetrics(new Metrics()), options);
  const results: (ForwardResult | Error)[] = [];
  /** What a request waits for before it is passed on. */
  const before = { passing: async (_: ServerResponse): Promise<void> => undefined };
  const listener: RequestListener = async (request, response) => {
    await before.passing(response);
    const result = await proxy
      .forward({
        request,
        response,
        path: request.url as string,
        route: {
          prefix: '/',
          service: 'stays',
          terms: { balance: 'round_robin', timeoutMs: 30_000, idempotent: [] },
          limit: undefined,
        },
        headers: [],
        body: { payload: undefined, contentLength: undefined, replayable: () => true },
        timeoutMs: 30_000,
        hurried: false,
        address: '127.0.0.1',
        answer: {},
      })
      .catch((error: Error) => error);
    results.push(result);
    if (result instanceof Error) response.writeHead(502).end();
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanUp.push(async () => {
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, registry, pool, results, before };
}

it('does not ask a service for a client that went away before', async () => {
  const instance = await start('stays#1');
  const { url, results, before } = await proxyTo([instance]);
  before.passing = async (response) => {
    client.destroy();
    await once(response, 'close');
  };
  const client = httpRequest(url).on('error', () => undefined);
  client.end();
  await expect.poll(() => results).toMatchObject([{ status: 499 }]);
  expect(instance.requests).toHaveLength(0);
});

/** Holds the second question for instances: the one for somewhere else to go. */
function holdSecond(registry: { instances(service: string): Promise<readonly Instance[]> }) {
  const held = Promise.withResolvers<readonly Instance[]>();
  let asked = 0;
  const instances = registry.instances.bind(registry);
  registry.instances = (service) => {
    asked += 1;
    return asked === 2 ? held.promise : instances(service);
  };
  return { held, asked: () => asked };
}

it('lets go of another instance that is found when the client is gone', async () => {
  const busy = await start('stays#1', (_, response) => response.writeHead(503).end('busy'));
  const other = await start('stays#2');
  const { url, registry, pool, results } = await proxyTo([busy, other]);
  const { held, asked } = holdSecond(registry);
  const client = httpRequest(url).on('error', () => undefined);
  client.end();
  await expect.poll(asked).toBe(2);
  client.destroy();
  await expect.poll(() => results).toMatchObject([{ status: 499 }]);
  held.resolve([busy, other]);
  // Whoever has the fewest requests is chosen: both are free again, and take turns.
  const turns: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const picked = await pool.pick('stays', { balance: 'least_conn' });
    turns.push(picked.instance.instance);
    picked.done('unknown');
  }
  expect(new Set(turns)).toEqual(new Set(['stays#1', 'stays#2']));
});

it('survives a busy instance that breaks off while another one is looked for in vain', async () => {
  let breakOff: () => void = () => undefined;
  const busy = await start('stays#1', (request, response) => {
    response.writeHead(503, { 'content-length': '10' }).flushHeaders();
    breakOff = () => request.socket.resetAndDestroy();
  });
  const { url, registry, results } = await proxyTo([busy]);
  const { held, asked } = holdSecond(registry);
  const answer = fetch(url);
  await expect.poll(asked).toBe(2);
  breakOff();
  expect((await answer).status).toBe(502);
  held.resolve([busy]);
  // An error that nobody catches would end this process, and fail the run.
  await expect.poll(() => results).toMatchObject([{ status: 502 }]);
});

it('cuts off a client that takes nothing of its answer', async () => {
  let cut = 0;
  const instance = await start('stays#1', (_, response) => {
    response.on('close', () => (cut += 1));
    const push = (): void => {
      while (!response.destroyed)
        if (!response.write(Buffer.alloc(2 ** 20))) return void response.once('drain', push);
    };
    push();
  });
  const { url, results } = await proxyTo([instance], { slowestMs: 50 });
  for (let count = 1; count <= 2; count += 1) {
    const client = httpRequest(url).end();
    const [answer] = (await once(client, 'response')) as [import('node:http').IncomingMessage];
    answer.on('error', () => undefined).pause();
    await expect.poll(() => results.length).toBe(count);
    answer.resume();
    await new Promise((resolve) => answer.once('close', resolve));
    expect(answer.complete).toBe(false);
  }
  await expect.poll(() => cut).toBe(2);
  expect(results).toMatchObject([{ status: 499 }, { status: 499 }]);
});
