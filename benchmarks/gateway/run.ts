/**
 * What the hop through the gateway costs: the same service asked directly and through the gateway, each in a process of
 * its own. First as fast as it goes, then at 60 % of that. Prints milliseconds and requests per second.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createEdge } from '../../packages/runtime/src/gateway/index.ts';
import { defineService } from '../../packages/runtime/src/service/definition.ts';
import { start } from '../../packages/runtime/src/service/start.ts';
import { portOptions } from '../../packages/runtime/src/testing/port-options.ts';
import { Agent, request } from '../../packages/runtime/node_modules/undici/index.js';

const SECONDS = 5;
const CLIENTS = 32;

async function backend(): Promise<number> {
  const body = JSON.stringify({
    items: Array.from({ length: 10 }, (_, id) => ({ id, title: 'A home by the sea' })),
  });
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function gateway(port: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'routes.json');
  const limits = { api: { rate: 1e9, burst: 1e9 } };
  writeFileSync(
    file,
    JSON.stringify({
      routes: [{ prefix: '/api/v1/homes', service: 'homes', limit: 'api' }],
      limits,
      services: {},
    }),
  );
  const service = defineService({
    name: 'api-gateway',
    version: '1',
    needs: { rateLimit: true },
    routes: () => [],
    fallback: createEdge,
  });
  const env = {
    GATEWAY_ROUTES_FILE: file,
    REGISTRY_URL: `static:?homes=127.0.0.1:${port}`,
    RATE_LIMIT_URL: 'memory:',
  };
  const running = await start(service, { env, log: portOptions().log });
  rmSync(folder, { recursive: true });
  return running.port;
}

async function child(role: string, argument = ''): Promise<{ port: number; stop: () => void }> {
  const process = fork(import.meta.filename, [role, argument]);
  const [port] = (await once(process, 'message')) as [number];
  return { port, stop: () => void process.kill('SIGKILL') };
}

/** @param rate Requests per second; undefined: as many as go. */
async function load(port: number, rate?: number): Promise<{ rate: number; p50: number; p99: number }> {
  const dispatcher = new Agent({ connections: CLIENTS });
  const times: number[] = [];
  const end = performance.now() + SECONDS * 1_000;
  const ask = async () => {
    const begun = performance.now();
    const { body, statusCode } = await request(`http://127.0.0.1:${port}/api/v1/homes`, { dispatcher });
    await body.dump();
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    times.push(performance.now() - begun);
  };
  const client = async (index: number) => {
    let next = performance.now() + (rate === undefined ? 0 : (index * 1_000) / rate);
    while (performance.now() < end) {
      if (rate !== undefined) {
        await pause(Math.max(0, next - performance.now()));
        next += (CLIENTS * 1_000) / rate;
      }
      await ask();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  await dispatcher.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  return { rate: Math.round(times.length / SECONDS), p50: at(0.5), p99: at(0.99) };
}

async function main(): Promise<void> {
  const service = await child('backend');
  const edge = await child('gateway', String(service.port));
  await load(edge.port);
  const most = { direct: await load(service.port), gateway: await load(edge.port) };
  const rate = most.gateway.rate * 0.6;
  const steady = { direct: await load(service.port, rate), gateway: await load(edge.port, rate) };
  console.table({
    'direct, flat out': most.direct,
    'gateway, flat out': most.gateway,
    'direct, 60 %': steady.direct,
    'gateway, 60 %': steady.gateway,
  });
  console.log(`p99 added by the gateway at 60 %: ${(steady.gateway.p99 - steady.direct.p99).toFixed(2)} ms`);
  edge.stop();
  service.stop();
}

const [role, argument = ''] = process.argv.slice(2);
if (role === undefined) await main();
else process.send?.(await (role === 'backend' ? backend() : gateway(argument)));
