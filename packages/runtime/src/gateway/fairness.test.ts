/** What clients do to themselves says nothing about an instance: real services behind a real gateway. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { defineService } from '../service/definition.ts';
import { type RunningService, start } from '../service/start.ts';
import { staysTable, type TestEdge, testEdge } from './testing.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Two replicas that take a moment for each answer, behind a gateway. */
async function stack(table = staysTable()): Promise<{ edge: TestEdge; replicas: RunningService[] }> {
  const stays = defineService({
    name: 'stays',
    version: '1',
    routes: () => [
      route.get('/stays', {
        auth: 'public',
        responses: { 200: z.object({}) },
        handler: () => pause(30, ok({})),
      }),
      route.get('/stays/never', {
        auth: 'public',
        responses: { 200: z.object({}) },
        handler: () => new Promise<never>(() => undefined),
      }),
      route.post('/stays', {
        auth: 'public',
        body: z.object({ text: z.string() }),
        responses: { 200: z.object({ length: z.number() }) },
        handler: ({ body }) => ok({ length: body.text.length }),
      }),
    ],
  });
  const env = { LOG_LEVEL: 'silent' };
  const replicas = await Promise.all([1, 2].map(() => start(stays, { env, processMetrics: false })));
  for (const replica of replicas) open.push(() => replica.stop());
  const edge = await testEdge({ table, instances: { stays: replicas.map(({ port }) => port) } });
  open.push(() => edge.close());
  return { edge, replicas };
}

const path = '/api/v1/stays';
const metricsOf = async ({ url }: { readonly url: string }) => (await fetch(`${url}/metrics`)).text();
const total = (text: string, pattern: RegExp): number =>
  [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
const errors = (text: string) => total(text, /^http_requests_total\{.*status="5\d\d"\} (\d+)$/gm);
const handled = async (replica: RunningService) =>
  total(await metricsOf(replica), /^http_requests_total\{.*status="200"\} (\d+)$/gm);

/** Every request succeeds, and both replicas have their share. */
async function expectHealthy({ edge, replicas }: Awaited<ReturnType<typeof stack>>): Promise<void> {
  const before = await Promise.all(replicas.map(handled));
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(edge.url + path)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  const after = await Promise.all(replicas.map(handled));
  const shares = after.map((count, index) => count - (before[index] as number));
  expect(Math.min(...shares), shares.join(', ')).toBeGreaterThanOrEqual(5);
  expect(await metricsOf(edge)).toContain('service_call_instances_ejected{target="stays"} 0');
}

function client(edge: TestEdge, text: string): Socket {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1').on('error', () => undefined);
  socket.write(text);
  return socket;
}

/** Twelve clients write this much of a request, and go away once the service has some of it. */
async function abandon(edge: TestEdge, text: string): Promise<void> {
  const pending = async () =>
    /^gateway_upstream_pending\{service="stays"\} (\d+)$/m.exec(await metricsOf(edge))?.[1];
  const clients = Array.from({ length: 12 }, () => client(edge, text));
  await expect.poll(pending).toBe('12');
  for (const socket of clients) socket.destroy();
  await expect.poll(pending).toBe('0');
}

describe('a gateway holds it against no instance, and counts no error of the service, when a client', () => {
  it('gives one millisecond for an answer', async () => {
    const system = await stack();
    const hurried = { headers: { 'x-request-timeout-ms': '1', 'x-request-timeout-by': 'platform' } };
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => fetch(`${system.edge.url}${path}/never`, hurried)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 504));
    expect(await answers[0]?.json()).toMatchObject({ detail: 'The time that the caller gave is over.' });
    await expectHealthy(system);
    for (const service of [system.edge, ...system.replicas]) expect(errors(await metricsOf(service))).toBe(0);
    await expect.poll(() => metricsOf(system.edge)).toMatch(/route="\/api\/v1\/stays",status="499"\} 60/);
  });

  it('goes away before the answer', async () => {
    const system = await stack();
    await abandon(system.edge, `GET ${path}/never HTTP/1.1\r\nhost: x\r\n\r\n`);
    await expectHealthy(system);
  });

  it('goes away in the middle of a body that flows through', async () => {
    const system = await stack();
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    const half = `content-length: 200000\r\n\r\n{"text":"${'x'.repeat(100_000)}`;
    await abandon(system.edge, head + half);
    await expectHealthy(system);
  });

  it('breaks the framing of a body that flows through', async () => {
    const system = await stack();
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    const text = `${head}${(80_000).toString(16)}\r\n${'x'.repeat(80_000)}\r\nnot a chunk\r\n`;
    const clients = Array.from({ length: 12 }, () => client(system.edge, text).resume());
    await Promise.all(clients.map((socket) => once(socket, 'close')));
    await expectHealthy(system);
  });

  it('sends more than its time allows, a piece at a time', async () => {
    const system = await stack(staysTable({ timeoutMs: 500 }));
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 200000\r\n\r\n`;
    const clients = Array.from({ length: 12 }, () =>
      client(system.edge, `${head}{"text":"${'x'.repeat(80_000)}`),
    );
    const answers = await Promise.all(clients.map((socket) => once(socket, 'data')));
    for (const [answer] of answers) expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    for (const socket of clients) socket.destroy();
    // Those who send nothing may take their time on a busy machine.
    system.edge.routes({ ...staysTable(), name: 'patient' });
    await expect
      .poll(async () => (await fetch(`${system.edge.url}/openapi.json`)).text())
      .toContain('patient API');
    await expectHealthy(system);
    for (const service of [system.edge, ...system.replicas]) expect(errors(await metricsOf(service))).toBe(0);
  });

  it('sends what is no JSON, or too much', async () => {
    const system = await stack();
    const post = (body: string) =>
      fetch(system.edge.url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    for (let count = 0; count < 12; count += 1) {
      expect((await post('{')).status).toBe(400);
      expect((await post(`{"text":"${'x'.repeat(3_000_000)}"}`)).status).toBe(413);
    }
    await expectHealthy(system);
  });
});

it('still leaves an instance out that lets the time pass which the gateway grants', async () => {
  const stays = (wait: boolean) =>
    start(
      defineService({
        name: 'stays',
        version: '1',
        routes: () => [
          route.get('/stays', {
            auth: 'public',
            responses: { 200: z.object({}) },
            handler: () => (wait ? new Promise<never>(() => undefined) : ok({})),
          }),
        ],
      }),
      { env: { LOG_LEVEL: 'silent' }, processMetrics: false },
    );
  const replicas = [await stays(true), await stays(false)];
  for (const replica of replicas) open.push(() => replica.stop());
  const table = staysTable({ timeoutMs: 1_500, balance: 'round_robin' });
  const edge = await testEdge({ table, instances: { stays: replicas.map(({ port }) => port) } });
  open.push(() => edge.close());
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(edge.url + path)));
  expect(answers.filter(({ status }) => status === 504)).toHaveLength(5);
  await expect.poll(() => metricsOf(edge)).toContain('service_call_instances_ejected{target="stays"} 1');
  await expect.poll(async () => errors(await metricsOf(edge))).toBe(5);
});
