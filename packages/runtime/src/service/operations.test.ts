import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { defineService } from './definition.ts';
import { start } from './start.ts';

const service = defineService({
  name: 'front',
  version: '1',
  routes: () => [
    route.get('/hello', { auth: 'public', responses: { 200: z.object({}) }, handler: () => ok({}) }),
  ],
});
const operational = ['/metrics', '/health/ready', '/health/live'];
const env = { LOG_LEVEL: 'silent' };

it('with OPERATIONS_PORT, clients reach neither health nor metrics; operators reach nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'operations-'));
  const file = join(folder, 'front.json');
  const running = await start(service, {
    env: { ...env, OPERATIONS_PORT: '0', INSTANCE_FILE: file },
    processMetrics: false,
  });
  const report = JSON.parse(await readFile(file, 'utf8')) as { port: number; operationsPort: number };
  const statuses = (port: number, paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status));
  const variants = ['/metrics?a=b', '//metrics', '/%6detrics', '/metrics/', '/Metrics'];
  expect(await statuses(report.port, [...operational, ...variants])).toEqual(
    [...operational, ...variants].map(() => 404),
  );
  expect(await statuses(report.port, ['/api/v1/hello', '/openapi.json'])).toEqual([200, 200]);
  expect(await statuses(report.operationsPort, operational)).toEqual([200, 200, 200]);
  expect(await statuses(report.operationsPort, ['/api/v1/hello'])).toEqual([404]);
  await running.stop();
  await expect(fetch(`http://127.0.0.1:${report.operationsPort}/metrics`)).rejects.toThrow();
  await rm(folder, { recursive: true });
});

it('without it, one port answers all', async () => {
  const running = await start(service, { env, processMetrics: false });
  for (const path of operational) expect((await fetch(running.url + path)).status).toBe(200);
  await running.stop();
});

it('says when the port is taken, and leaves nothing open', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(
    start(service, { env: { ...env, OPERATIONS_PORT: String(port) }, processMetrics: false }),
  ).rejects.toMatchObject({
    setting: 'OPERATIONS_PORT',
    message: expect.stringContaining(`:${port} (EADDRINUSE)`),
  });
  await new Promise((resolve) => other.close(resolve));
});
