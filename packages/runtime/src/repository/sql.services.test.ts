import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openDatabase, type Database, type Tx } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { columnOf } from '../names.ts';
import { type Named, placeOptions, testRepository, type Place } from './conformance.ts';
import { sqlRepository, type Stored } from './index.ts';

const managed =
  'id uuid primary key, revision int not null, created_at timestamptz not null, updated_at timestamptz not null';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = await openDatabase(server.url, portOptions());
  await sql`create table nice_place (
    ${sql.raw(managed)}, owner uuid not null, title text not null, rating float8, opens date,
    amenities text[] not null default '{}', address jsonb)`.execute(database.db);
  // As the generator does it for texts that an index cannot hold.
  await sql`create unique index on nice_place (owner, md5(title))`.execute(database.db);
  await sql`create table place_photo (
    ${sql.raw(managed)}, place_id uuid not null references nice_place (id), position int not null check (position >= 0))`.execute(
    database.db,
  );
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const open = () =>
  sqlRepository<Place>(database.db, {
    table: 'nicePlace',
    json: ['address'],
    texts: ['title'],
    ...placeOptions,
  });
testRepository<Tx>('A table', async () => ({
  places: open(),
  async named(table, fields) {
    const columns = fields.map((field) => `"${columnOf(field)}"`);
    await sql`create table ${sql.table(table)} (
      ${sql.raw(managed)}, ${sql.raw(columns.map((column) => `${column} text not null`).join(', '))},
      unique (${sql.raw(columns[0] ?? '')}), unique (${sql.raw(columns.slice(-2).join(', '))}))`.execute(
      database.db,
    );
    return sqlRepository<Named>(database.db, { table, sortable: fields, filterable: fields });
  },
  transaction: (work) => database.transaction(work),
}));

describe('a table tells what broke its rules', () => {
  const photos = () =>
    sqlRepository<Stored & { placeId: string; position: number }>(database.db, {
      table: 'placePhoto',
      label: 'photo',
    });

  it.each([
    [
      'a reference to nothing',
      { placeId: randomUUID(), position: 0 },
      422,
      'unknown-reference',
      'body.placeId',
    ],
    ['a missing value', { placeId: null, position: 0 }, 422, 'required', 'body.placeId'],
    ['a broken check', { placeId: randomUUID(), position: -1 }, 422, 'rule-broken', undefined],
    ['a value of the wrong type', { placeId: 'x', position: 1 }, 422, 'invalid-value', undefined],
  ])('%s', async (_, values, status, code, path) => {
    const errors = path === undefined ? undefined : [expect.objectContaining({ path })];
    await expect(photos().insert(values as never)).rejects.toMatchObject({ status, code, errors });
  });

  it('a row that others refer to', async () => {
    const place = await open().insert({ owner: randomUUID(), title: 'Home', amenities: [] });
    await photos().insert({ placeId: place.id, position: 0 });
    await expect(open().delete(place.id)).rejects.toMatchObject({ status: 409, code: 'in-use' });
  });

  it('a forged cursor whose value has another type', async () => {
    const cursor = Buffer.from(JSON.stringify(['rating', 'many', randomUUID()])).toString('base64url');
    await expect(open().list({ sort: 'rating', cursor })).rejects.toMatchObject({
      status: 400,
      code: 'invalid-cursor',
    });
  });
});
