/** What happens to the data of a small system while its services.yaml changes, through the command line. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { client, createProject } from './hometrip.ts';

const project = createProject(`name: mig
version: 1
components: { postgres: {}, mongodb: {} }
gateways: { api-gateway: { blueprint: api-gateway, port: 3901, public: true } }
services:
  shop-service:
    port: 4901
    database: postgres
    entities:
      item:
        $access: { read: public, create: public, update: public, delete: public }
        name: string(50)
        kind: enum(a, b, c) = a
        ref: uuid?
  note-service:
    port: 4902
    database: mongodb
    entities:
      memo:
        $access: { read: public, create: public, update: public, delete: public }
        text: string(50)
`);
const shop = 'generated/services/shop-service';
const there = (path: string) => existsSync(join(project.root, path));

interface UpResult {
  readonly urls: readonly { service: string; url: string }[];
  readonly operations: readonly { kind: string; target: string; cause: string }[];
}
let gateway = '';
async function up(...flags: string[]): Promise<readonly string[]> {
  const { urls, operations } = await project.result<UpResult>('up', ...flags);
  gateway = urls.find(({ service }) => service === 'api-gateway')?.url ?? '';
  return operations.map(({ kind, target, cause }) => `${kind} ${target} ${cause}`);
}
/** Of the stored records, one field. */
async function values(path: string, field: string): Promise<unknown[]> {
  const { status, body } = await client(`${gateway}/api/v1`).get(`/${path}`);
  expect(status).toBe(200);
  return (body as { items: Record<string, unknown>[] }).items.map((item) => item[field]).sort();
}

beforeAll(async () => {
  await up();
  const api = client(`${gateway}/api/v1`);
  const ref = '0198c0de-0000-7000-8000-000000000001';
  for (const name of ['n1', 'n2', 'n3']) {
    expect((await api.post('/items', { name, kind: 'c', ref })).status).toBe(201);
    expect((await api.post('/memos', { text: name })).status).toBe(201);
  }
}, 180_000);
afterAll(() => project[Symbol.asyncDispose](), 60_000);

describe('a migration that fails on the data', () => {
  it('names the rows and the ways out, and is withdrawn when services.yaml is as it was', async () => {
    project.edit('services.yaml', 'ref: uuid?', 'ref: { type: "uuid?", unique: true }');
    const { exitCode, stderr } = await project.hometrip('up');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `${shop}/migrations/0002_add_item__ref__key.sql: the migration of shop-service failed: 0002_add_item__ref__key.sql:2: could not create unique index "item__ref__key"`,
    );
    expect(stderr).toContain('3 rows of item are in the way:');
    expect(stderr).toMatch(/→ correct the rows: .*below “-- up”: update item set ref = … where id = '/);
    expect(stderr).toContain(
      '→ or take the change back in services.yaml: no database has seen 0002_add_item__ref__key.sql, so the next hometrip up withdraws it',
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await values('items', 'name')).toEqual(['n1', 'n2', 'n3']);

    project.edit('services.yaml', 'ref: { type: "uuid?", unique: true }', 'ref: uuid?');
    expect(await up()).toEqual([]);
    expect(there(`${shop}/migrations/0002_add_item__ref__key.sql`)).toBe(false);
  });

  it('says by name what is lost before it is written, and goes on when the rows are corrected in it', async () => {
    project.edit('services.yaml', 'enum(a, b, c)', 'enum(a, b)');
    const refused = await project.hometrip('up');
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining(
        'shop-service: item.kind may no longer be c: records where it is have to be changed first',
      ),
    ]);
    const { stderr } = await project.hometrip('up', '--allow-destructive');
    expect(stderr).toContain('kind = c');
    const example = /below “-- up”: (.*)/.exec(stderr)?.[1] ?? '';
    expect(example).toBe("update item set kind = 'a' where not (kind in ('a', 'b'));");
    project.edit(`${shop}/migrations/0002_change_kind_of_item.sql`, '-- up\n', `-- up\n${example}\n`);
    expect(await up()).toEqual([
      'migrate shop-service because its migrations changed',
      'replace shop-service#1 because its code changed',
    ]);
    expect(await values('items', 'kind')).toEqual(['a', 'a', 'a']);
  });
});

describe('a history that is not whole', () => {
  it.each([`${shop}/migrations`, `${shop}/migrations/schema.json`, shop])(
    'is never taken for a new one: %s',
    async (lost) => {
      rmSync(join(project.root, lost), { recursive: true });
      const { exitCode, stderr } = await project.hometrip('up');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('the history of migrations is not whole');
      expect(stderr).toContain(
        '→ bring the files back as they were generated: hometrip generate --restore services/shop-service/migrations',
      );
      expect((await project.hometrip('generate', '--restore', 'services/shop-service')).exitCode).toBe(0);
      // With the edit that the database knows.
      expect(await up()).toEqual([]);
    },
  );
});

describe('other names', () => {
  it('keep the values of fields, entities and documents, by one up', async () => {
    project.edit('services.yaml', 'name: string(50)', 'title: { type: text, renamedFrom: name }');
    project.edit('services.yaml', '      item:\n', '      product:\n        $renamedFrom: item\n');
    project.edit('services.yaml', '      memo:\n', '      remark:\n        $renamedFrom: memo\n');
    project.edit('services.yaml', 'text: string(50)', 'body: { type: text, renamedFrom: text }');
    await up();
    expect(await values('products', 'title')).toEqual(['n1', 'n2', 'n3']);
    expect(await values('remarks', 'body')).toEqual(['n1', 'n2', 'n3']);
  });

  it('hand the database and the migrations of a service over, and back', async () => {
    project.edit('services.yaml', '  shop-service:\n', '  store-service:\n    renamedFrom: shop-service\n');
    expect(await up()).toEqual([
      'stop shop-service#1 because shop-service is store-service now',
      'rename database shop to store because shop-service is store-service now',
      'migrate store-service because it is new',
      'start store-service#1 because it is new',
    ]);
    expect(there(shop)).toBe(false);
    expect(await values('products', 'title')).toEqual(['n1', 'n2', 'n3']);
    expect(await up()).toEqual([]);

    project.edit(
      'services.yaml',
      '  store-service:\n    renamedFrom: shop-service\n',
      '  shop-service:\n    renamedFrom: store-service\n',
    );
    await up();
    expect(await values('products', 'title')).toEqual(['n1', 'n2', 'n3']);
    project.edit('services.yaml', '    renamedFrom: store-service\n', '');
    expect(await up()).toEqual([]);
  });

  it('without the declaration leave the data where it is, and find it again', async () => {
    project.edit('services.yaml', '  shop-service:\n', '  store-service:\n');
    await up();
    expect(await values('products', 'title')).toEqual([]);
    project.edit('services.yaml', '  store-service:\n', '  shop-service:\n');
    await up();
    expect(await values('products', 'title')).toEqual(['n1', 'n2', 'n3']);
  });
});
