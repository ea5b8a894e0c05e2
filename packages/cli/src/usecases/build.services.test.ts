import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectAt } from '../platform/project.ts';
import { build, type BuildResult } from './build.ts';

const root = mkdtempSync(join(tmpdir(), 'hometrip build '));
const project = projectAt(root);
afterAll(() => rmSync(root, { recursive: true }));

const folder = (service: string): string => join(project.output, 'services', service);
const summary = ({ images }: BuildResult) => images.map(({ context, changed }) => `${context} ${changed}`);

beforeAll(() => {
  writeFileSync(
    project.specFile,
    `name: shop
version: 1
components: { postgres: {} }
gateways:
  api-gateway: { port: 3001 }
services:
  parts: { port: 4001 }
  orders: { port: 4002, database: postgres, entities: { order: { title: text } } }
`,
  );
});

it('generates, builds what is named, and says whether anything is new', async () => {
  expect(summary(await build(project, { services: ['orders'] }))).toEqual(['generated/services/orders true']);
  expect(existsSync(join(folder('parts'), 'dist'))).toBe(false);
  expect(summary(await build(project, { services: ['orders', 'api-gateway'] }))).toEqual([
    'generated/services/api-gateway true',
    'generated/services/orders false',
  ]);
  expect(existsSync(join(folder('orders'), 'dist', 'migrations', '0001_create_order.sql'))).toBe(true);
  expect(
    existsSync(join(folder('api-gateway'), 'dist', 'node_modules', 'swagger-ui-dist', 'swagger-ui.css')),
  ).toBe(true);
});

it('shows the mistakes of all services at once, and writes nothing then', async () => {
  const main = (service: string): string => join(folder(service), 'src', 'main.ts');
  const good = ['parts', 'orders'].map((service) => readFileSync(main(service), 'utf8'));
  const before = readFileSync(join(folder('orders'), 'dist', 'bundle', 'main.js'), 'utf8');
  writeFileSync(main('parts'), 'const = 1;\n');
  writeFileSync(main('orders'), "import './nothing.ts';\n");
  await expect(build(project, { services: ['parts', 'orders'] })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(
      /parts\/src\/main\.ts:1:6:\n\s+1 │ const = 1;[\s\S]*orders\/src\/main\.ts:1:7:/u,
    ),
    where: `${main('parts')}:1:7`,
  });
  expect(readFileSync(join(folder('orders'), 'dist', 'bundle', 'main.js'), 'utf8')).toBe(before);
  for (const [index, service] of ['parts', 'orders'].entries())
    writeFileSync(main(service), good[index] ?? '');
});

it('names the services that there are, and a main.ts that is missing', async () => {
  await expect(build(project, { services: ['order'] })).rejects.toMatchObject({
    next: ['did you mean orders?'],
  });
  rmSync(join(folder('parts'), 'src', 'main.ts'));
  await expect(build(project, { services: ['parts'] })).rejects.toMatchObject({
    message: 'parts has no main.ts',
    next: ['bring it back: hometrip generate --restore services/parts/src/main.ts'],
  });
});
