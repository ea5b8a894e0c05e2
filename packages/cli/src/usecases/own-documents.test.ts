/** Routes that are written by hand, on their way into everything that is made of a service's document. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cpSync } from 'node:fs';
import { codeDocument } from '../platform/code-document.ts';
import { Evidence } from '../platform/evidence.ts';
import { type Project, projectAt } from '../platform/project.ts';
import { generate } from './generate.ts';

const SPEC = `name: shop
version: 1
components: { postgres: {} }
services:
  order-service:
    port: 4001
    database: postgres
    entities:
      order: { owner: user, label: string(40) }
  billing-service:
    port: 4002
    database: postgres
    calls: [order-service]
    entities:
      invoice: { owner: user, amount: money }
`;
const CODE = 'code 1';
const ROUTES = 'services/order-service/src/order/routes.ts';
const SERVICE = 'services/order-service/src/service.ts';
const SHIP = `
  route.post('/orders/:id/ship', {
    summary: 'Ship an order',
    tag: 'Orders',
    auth: 'host',
    params: IdParams,
    body: z.strictObject({ carrier: z.string() }),
    responses: { 202: z.object({ parcel: z.uuid() }) },
    handler: () => accepted({ parcel: '0198c0de-0000-7000-8000-000000000001' }),
  }),
];`;

let project: Project;
let pristine: string;
const read = (path: string): string => readFileSync(join(project.output, path), 'utf8');
const write = (path: string, text: string): void => writeFileSync(join(project.output, path), text);
const edit = (path: string, from: string | RegExp, to: string): void =>
  write(
    path,
    read(path).replace(from, () => to),
  );
const changed = async (options = {}): Promise<string[]> => {
  const { plan } = await generate(project, options);
  return plan.entries
    .filter(({ action }) => !['unchanged', 'keep'].includes(action))
    .map(({ path, action }) => `${action} ${path}`);
};

/** As a developer would add it: a route at the end, and what it imports. */
function addRoute(): void {
  edit(ROUTES, /\n\];\n$/, `\n${SHIP}\n`);
  edit(ROUTES, 'import {', "import { accepted, z } from '@hometrip/runtime';\nimport {");
}

beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'hometrip-own-routes-'));
  project = projectAt(root);
  pristine = `${root}-pristine`;
  writeFileSync(project.specFile, SPEC);
  await generate(project);
  cpSync(root, pristine, { recursive: true });
});
beforeEach(() => {
  rmSync(project.root, { recursive: true });
  cpSync(pristine, project.root, { recursive: true });
});
afterAll(() => {
  rmSync(project.root, { recursive: true });
  rmSync(pristine, { recursive: true });
});

describe('a route that is written by hand', () => {
  it('is in the document, the README, the callers and the gateway’s table with the next run, and stays there', async () => {
    addRoute();
    const expected = [
      'update clients/typescript/',
      'update services/billing-service/src/calls/order-service.ts',
      'update services/order-service/README.md',
      'update services/order-service/openapi.json',
    ];
    const would = await changed({ dryRun: true });
    expect(would.map((line) => line.replace(/(clients\/typescript\/).*/, '$1'))).toEqual(
      expect.arrayContaining(expected),
    );
    expect(read('services/order-service/openapi.json')).not.toContain('shipOrder');
    expect(await changed()).toEqual(would);
    const document = JSON.parse(read('services/order-service/openapi.json')) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    expect(document.paths['/api/v1/orders/{id}/ship']?.['post']).toMatchObject({
      operationId: 'shipOrder',
      'x-auth': 'host',
    });
    expect(Object.keys(document.paths)).toHaveLength(3);
    expect(read('services/order-service/README.md')).toContain(
      '| POST | `/api/v1/orders/{id}/ship` | Ship an order | ',
    );
    expect(read('services/billing-service/src/calls/order-service.ts')).toContain(
      'shipOrder: operation<{ readonly id: string; readonly body: ShipOrderBody }, ShipOrderResult>(',
    );
    expect(read('clients/typescript/src/order-service.ts')).toContain('shipOrder');
    expect(await changed()).toEqual([]);
    expect((await generate(project, { dryRun: true })).drift).toBe(false);
  });

  it('goes when it is taken away', async () => {
    addRoute();
    await changed();
    cpSync(join(pristine, 'generated', ROUTES), join(project.output, ROUTES));
    expect(await changed()).toContain('update services/order-service/openapi.json');
    expect(read('services/order-service/openapi.json')).toBe(
      readFileSync(join(pristine, 'generated/services/order-service/openapi.json'), 'utf8'),
    );
  });

  it('is there in the same run in which services.yaml changes', async () => {
    addRoute();
    writeFileSync(project.specFile, SPEC.replace('label: string(40)', 'label: string(40), note: text?'));
    await changed();
    const document = read('services/order-service/openapi.json');
    expect(document).toContain('"note"');
    expect(document).toContain('shipOrder');
    expect(await changed()).toEqual([]);
  });
});

describe('nothing to do', () => {
  const isKnown = async (): Promise<boolean> =>
    Object.getOwnPropertyDescriptor(await generate(project, {}, CODE), 'stack')?.get !== undefined;

  it('is known with routes of one’s own, until a file changes that the service is made of', async () => {
    edit(ROUTES, /\n\];\n$/, '\n  ...extra,\n];\n');
    edit(ROUTES, 'import {', "import { extra } from '../extra.ts';\nimport {");
    const extra = (path: string): void =>
      write(
        'services/order-service/src/extra.ts',
        `import { noContent, route } from '@hometrip/runtime';
export const extra = [route.post('${path}', { responses: { 204: null }, handler: () => noContent() })];\n`,
      );
    extra('/orders/count');
    await generate(project, {}, CODE);
    expect(read('services/order-service/openapi.json')).toContain('/orders/count');
    await generate(project, {}, CODE);
    expect(await isKnown()).toBe(true);
    extra('/orders/total');
    expect(await isKnown()).toBe(false);
    expect(read('services/order-service/openapi.json')).toContain('/orders/total');
  });

  it('is not known where something was found, which is said each time', async () => {
    edit(SERVICE, 'export const', "throw new Error('not yet');\nexport const");
    for (let run = 0; run < 3; run += 1)
      expect((await generate(project, {}, CODE)).findings.map(({ message }) => message)).toEqual(['not yet']);
  });
});

describe('code that cannot be loaded stops nothing', () => {
  const problems: Readonly<Record<string, readonly [edit: () => void, message: RegExp, where: RegExp]>> = {
    'does not compile': [
      () => edit(ROUTES, 'route.get(', 'route.get(('),
      /^Unexpected "\]"$/,
      /^generated\/services\/order-service\/src\/order\/routes\.ts:\d+:\d+$/,
    ],
    'imports what is not there': [
      () => edit(SERVICE, 'import', "import './missing.ts';\nimport"),
      /^Could not resolve "\.\/missing\.ts"$/,
      /^generated\/services\/order-service\/src\/service\.ts:1:8$/,
    ],
    'throws when it is imported': [
      () =>
        edit(SERVICE, 'export const', 'null as never as { x: 1 }).x;\nexport const'.replace('null', '(null')),
      /^Cannot read properties of null \(reading 'x'\)$/,
      /^generated\/services\/order-service\/src\/service\.ts:\d+:\d+$/,
    ],
    'throws when its routes are asked for': [
      () =>
        edit(
          SERVICE,
          'routes: (platform) => [',
          "routes: (platform) => [\n    ...(JSON.parse('{') as []),\n   ",
        ),
      /JSON/,
      /^generated\/services\/order-service\/src\/service\.ts:\d+:\d+$/,
    ],
    'has two operations of one name': [
      () => {
        addRoute();
        edit(ROUTES, "summary: 'Ship an order',", "operationId: 'getOrder',");
      },
      /POST \/orders\/:id\/ship and GET \/orders\/:id are both named getOrder: give one an operationId/,
      /^generated\/services\/order-service\/src\/order\/routes\.ts:\d+$/,
    ],
    'ends by itself': [
      () => edit(SERVICE, 'export const', 'process.exit(0);\nexport const'),
      /^it ended without a document$/,
      /^generated\/services\/order-service\/src\/main\.ts$/,
    ],
  };

  it.each(Object.keys(problems))('one that %s', async (name) => {
    const [break_, message, where] = problems[name] as (typeof problems)[string];
    addRoute();
    await changed();
    const before = read('services/order-service/openapi.json');
    break_();
    writeFileSync(project.specFile, SPEC.replace('amount: money', 'amount: money, paid: boolean?'));
    const { findings } = await generate(project);
    expect(findings).toEqual([
      {
        service: 'order-service',
        message: expect.stringMatching(message),
        where: expect.stringMatching(where),
      },
    ]);
    // What it had stays, and everything else is as services.yaml says.
    expect(read('services/order-service/openapi.json')).toBe(before);
    expect(read('services/billing-service/openapi.json')).toContain('"paid"');
    expect(await changed()).toEqual([]);
  });

  it('one that never ends', async () => {
    edit(SERVICE, 'export const', 'while (Date.now() > 0);\nexport const');
    const entry = join(project.output, 'services/order-service/src/main.ts');
    const request = { project: project.root, entry, pending: new Map(), evidence: new Evidence() };
    expect(await codeDocument({ ...request, patience: 1_000 })).toEqual({
      problem: {
        message:
          'it was still running 1 s after it was loaded: what a module does when it is imported has to end',
        where: 'generated/services/order-service/src/main.ts',
      },
    });
  });

  it('nor does one that prints, or that starts something', async () => {
    addRoute();
    edit(SERVICE, 'export const', "console.log('loaded');\nsetInterval(() => {}, 1_000);\nexport const");
    expect((await generate(project)).findings).toEqual([]);
    expect(read('services/order-service/openapi.json')).toContain('shipOrder');
  });
});
