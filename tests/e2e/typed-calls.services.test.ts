/** Routes that are written by hand, called by another service and by the client's package, on a running stack. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../servers/ports.ts';
import { createProject, type TestProject } from './hometrip.ts';

const spec = ([postgres, redis, front, stock, order]: readonly number[]) => `name: depot
version: 1
components: { postgres: { port: ${postgres} }, redis: { port: ${redis} } }
gateways:
  front: { blueprint: api-gateway, port: ${front}, public: true, uses: [redis] }
services:
  stock-service:
    port: ${stock}
    database: postgres
    entities:
      item: { $access: { read: public, create: public }, label: string(40), left: int }
  order-service:
    port: ${order}
    database: postgres
    calls: [stock-service]
    entities:
      order: { $access: { read: public, create: public }, note: text }
`;

const reserve = `
  route.post('/items/:id/reserve', {
    auth: 'public',
    params: IdParams,
    body: z.strictObject({ count: z.int() }),
    responses: { 200: z.object({ reserved: z.int() }) },
    handler: ({ body }) => ok({ reserved: body.count }),
  }),
];`;

const buying = `import { CallError, conflict, ok, type Platform, route, z } from '@hometrip/runtime';
import type { calls } from './calls/index.ts';

export const buying = ({ calls: { stockService } }: Platform<'sql', {}, typeof calls>) => [
  route.post('/orders/buy', {
    auth: 'public',
    body: z.strictObject({ itemId: z.uuid(), count: z.int() }),
    responses: { 200: z.object({ label: z.string(), reserved: z.int() }) },
    problems: [409],
    async handler({ body: { itemId: id, count } }) {
      const { label } = await stockService.getItem({ id }).catch((error: unknown) => {
        if (error instanceof CallError && error.answer.status === 404) throw conflict('The item is gone.');
        throw error;
      });
      const { reserved } = await stockService.reserveItem({ id, body: { count } });
      return ok({ label, reserved });
    },
  }),
];
`;

/** What somebody else does with the package. */
const stranger = `import { createClient, NoAnswerError, ProblemError } from '@depot/client';
const [baseUrl, nowhere] = process.argv.slice(2);
const client = createClient({ baseUrl });
const { id } = await client.items.create({ label: 'Lamp', left: 5 });
const bought = await client.orders.buyOrder({ itemId: id, count: 2 });
const listed = [];
for await (const { label } of client.items.all({ limit: 1 })) listed.push(label);
const gone = await client.orders
  .buyOrder({ itemId: '0198c0de-0000-7000-8000-000000000001', count: 1 })
  .catch((error) => error);
const lost = await createClient({ baseUrl: nowhere }).items.get(id).catch((error) => error);
console.log(
  JSON.stringify({
    bought,
    listed,
    gone: [gone instanceof ProblemError, gone.status, gone.message],
    lost: [lost instanceof NoAnswerError, lost.reason, lost.message.replace(id, 'ID')],
  }),
);
`;

let project: TestProject;
let elsewhere: string;
let front = '';
let nowhere = '';

beforeAll(async () => {
  const [closed, ...ports] = await freePorts(6);
  nowhere = `http://127.0.0.1:${closed}`;
  project = createProject(spec(ports));
  elsewhere = mkdtempSync(join(tmpdir(), 'hometrip-elsewhere-'));
  expect((await project.hometrip('generate')).exitCode).toBe(0);
  const stock = 'generated/services/stock-service/src/item/routes.ts';
  project.edit(stock, '\n];\n', `\n${reserve}\n`);
  project.edit(stock, 'import {', "import { ok as done, z } from '@hometrip/runtime';\nimport {");
  project.edit(stock, 'ok({ reserved', 'done({ reserved');
  writeFileSync(join(project.root, 'generated/services/order-service/src/buying.ts'), buying);
  const service = 'generated/services/order-service/src/service.ts';
  project.edit(service, 'routes: (platform) => [', 'routes: (platform) => [...buying(platform), ');
  project.edit(service, 'import {', "import { buying } from './buying.ts';\nimport {");
  const { urls } = await project.result<{ urls: readonly { service: string; url: string }[] }>('up');
  front = urls.find((one) => one.service === 'front')?.url ?? '';
}, 180_000);
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  rmSync(elsewhere, { recursive: true });
}, 60_000);

it('up has brought the routes into documents, descriptions and the client', () => {
  expect(project.read('generated/services/order-service/src/calls/stock-service.ts')).toContain(
    'reserveItem',
  );
  expect(project.read('generated/services/order-service/openapi.json')).toContain('"buyOrder"');
  expect(project.read('generated/clients/typescript/lib/order-service.d.ts')).toContain('buyOrder');
});

it('the package installs with npm elsewhere, and runs there', async () => {
  const run = promisify(execFile);
  const cwd = elsewhere;
  await run('npm', ['pack', '--silent', join(project.root, 'generated/clients/typescript')], { cwd });
  const [tarball = ''] = readdirSync(elsewhere).filter((name) => name.endsWith('.tgz'));
  expect(tarball).toBe('depot-client-1.0.0.tgz');
  writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd });
  writeFileSync(join(elsewhere, 'buy.mjs'), stranger);
  const { stdout } = await run(process.execPath, ['buy.mjs', front, nowhere], { cwd });
  expect(JSON.parse(stdout)).toEqual({
    bought: { label: 'Lamp', reserved: 2 },
    listed: ['Lamp'],
    gone: [true, 409, 'The item is gone.'],
    lost: [
      true,
      'unreachable',
      `GET ${nowhere}/api/v1/items/ID got no answer: nothing listens there (ECONNREFUSED). Is the server up, and is baseUrl its address?`,
    ],
  });
});
