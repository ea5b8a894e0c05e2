import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { migrate } from '@hometrip/runtime/migrations';
import { testDatabase, type TestDatabase } from '@hometrip/runtime/testing';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renderServices } from '../index.ts';
import { memoryOutput, stackOf } from '../stack.fixture.ts';
import { tableShape } from './shape.fixture.ts';

const spec = (entities: string) => `
name: shop
version: 1
components: { postgres: {} }
services:
  shop-service:
    port: 4100
    database: postgres
    entities:
${entities.replaceAll(/^/gm, '      ')}
`;

const versions = {
  v1: `
album:
  owner: user
  title: string(40)
  plays: int(0..10)
  mood: enum(calm, loud)
order:
  from: date
  albumId: album
  note: text?`,
  v2: `
album:
  owner: user
  title: string(120)
  subtitle: string(80)
  plays: int(0..1000) = 3
  mood: enum(calm, loud, odd) = odd
  released: date
  labels: string(20)[] = []
  price: money = 500
  extra: json = {}
  code: { type: string(10)?, unique: true }
order:
  from: date
  albumId: album
  note: text = none
track:
  $unique: [[albumId, position]]
  albumId: album
  position: int(1..99)`,
  v3: `
album:
  owner: user
  title: text
  subtitle: string(80)?
  plays: int
  mood: string(10)?
  released: date?
  labels: string(20)[] = []
  price: number = 5
  code: string(5)?`,
};

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeEach(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url.href });
  await client.connect();
  folder = await mkdtemp(join(tmpdir(), 'hometrip-migrations-'));
});

afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

const output = () => {
  const memory = memoryOutput();
  return {
    ...memory,
    /** Generates, brings the database there, and returns the names of the migrations. */
    async generate(entities: string, allowDestructive = false): Promise<string[]> {
      memory.write(renderServices(stackOf(spec(entities)), memory.context(allowDestructive)));
      const names = memory
        .context()
        .list('services/shop-service/migrations')
        .filter((name) => name.endsWith('.sql'));
      for (const name of names)
        await writeFile(join(folder, name), memory.files[`services/shop-service/migrations/${name}`] ?? '');
      await migrate(database.url, folder);
      return names;
    },
  };
};

const shape = () => tableShape(client);

/** Nothing applied, and no files. */
async function freshDatabase(): Promise<void> {
  await client.query('drop schema public cascade');
  await client.query('create schema public');
  await rm(folder, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'hometrip-migrations-'));
}

const seed = async () => {
  await client.query(
    `insert into album (id, owner, title, plays, mood) values ('0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002', 'Blue', 7, 'calm')`,
  );
  await client.query(
    `insert into "order" (id, "from", album_id) values ('0198c0de-0000-7000-8000-000000000003', '2026-07-01', '0198c0de-0000-7000-8000-000000000001')`,
  );
};

it('brings a database with rows from version to version, to the shape that a new one has', async () => {
  const { generate } = output();
  expect(await generate(versions.v1)).toEqual(['0001_create_album.sql', '0002_create_order.sql']);
  await seed();
  expect(await generate(versions.v2)).toEqual([
    '0001_create_album.sql',
    '0002_create_order.sql',
    '0003_create_track.sql',
    '0004_change_album.sql',
    '0005_change_note_of_order.sql',
  ]);
  const {
    rows: [album],
  } = await client.query(
    'select title, subtitle, plays, mood, released = created_at::date as released, labels, price, extra, code from album',
  );
  expect(album).toEqual({
    title: 'Blue',
    subtitle: '-',
    plays: 7,
    mood: 'calm',
    released: true,
    labels: [],
    price: '500',
    extra: {},
    code: null,
  });
  expect((await client.query('select note from "order"')).rows).toEqual([{ note: 'none' }]);
  expect(await generate(versions.v3, true)).toHaveLength(8);
  const grown = await shape();

  await freshDatabase();
  await output().generate(versions.v3);
  expect(grown).toEqual(await shape());
});

it('takes over a database of an earlier version with other names, and its rows', async () => {
  const { generate, files } = output();
  const entities = `
album:
  owner: user
  vatID: { type: string(9), unique: true }
  fooXBar: int(0..10)
track:
  albumID: album`;
  const applied = await generate(entities);
  const wanted = await shape();

  await freshDatabase();
  // As it was spelt before: nothing between two capitals, one underscore between the parts of an index.
  for (const [path, text] of Object.entries(files)) {
    if (!path.includes('/migrations/')) continue;
    files[path] = text
      .replaceAll('vat_i_d', 'vat_id')
      .replaceAll('album_i_d', 'album_id')
      .replaceAll('foo_x_bar', 'foo_xbar')
      .replaceAll('__', '_')
      .replaceAll(/,\s*"indexNames": "unique"/g, '');
    if (path.endsWith('.sql')) await writeFile(join(folder, basename(path)), files[path]);
  }
  await migrate(database.url, folder);
  await client.query(
    `insert into album (id, owner, vat_id, foo_xbar) values ('0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002', 'DE1', 7)`,
  );
  const before = await shape();

  expect(await generate(entities)).toEqual([
    ...applied,
    '0003_rename_columns_of_album.sql',
    '0004_rename_album_id_to_album_i_d_of_track.sql',
  ]);
  expect(await shape()).toEqual(wanted);
  expect((await client.query('select vat_i_d, foo_x_bar from album')).rows).toEqual([
    { vat_i_d: 'DE1', foo_x_bar: 7 },
  ]);
  await migrate(database.url, folder, { to: 2 });
  expect(await shape()).toEqual(before);
});

it('goes back down, version by version', async () => {
  const { generate } = output();
  await generate(versions.v1);
  const first = await shape();
  await generate(versions.v2);
  const second = await shape();
  await generate(versions.v3, true);
  await migrate(database.url, folder, { to: 5 });
  // A column that was dropped comes back at the end, and may be empty: order and not null differ, the rest is as it was.
  const names = (lines: readonly string[]) => lines.map((line) => line.replace(' not null', ''));
  expect(names(await shape())).toEqual(names(second));
  await migrate(database.url, folder, { to: 2 });
  expect(names(await shape())).toEqual(names(first));
  await migrate(database.url, folder, { to: 0 });
  expect(await shape()).toEqual([]);
});
