import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseSpec } from './databases.ts';
import { ensureDatabases } from './databases.ts';
import type { RunningPostgres } from './running.ts';
import { startPostgres } from './start.ts';
import { TestBed, query, urlFor } from './test-server.ts';

const bed = new TestBed();
let server: RunningPostgres;
beforeAll(async () => {
  server = await startPostgres(bed.options('stack'));
});
afterAll(async () => {
  await server?.stop();
  await bed.close();
});

const twelve: DatabaseSpec[] = Array.from({ length: 12 }, (_, index) => ({
  name: `service_${index}`,
  owner: `role-${index}`,
  password: `password-${index}`,
  extensions: index % 2 === 0 ? ['btree_gist', 'earthdistance'] : [],
}));
const as = (index: number, database: string, password = `password-${index}`): string =>
  urlFor(server.url(), `role-${index}`, password, database);

test('twelve databases are made with their roles and extensions', async () => {
  const changes = await ensureDatabases(server.url(), twelve);
  expect(changes.databasesCreated).toHaveLength(12);
  expect(changes.rolesCreated).toHaveLength(12);
  const extensions = await query(
    server.url('service_4'),
    'SELECT extname FROM pg_extension ORDER BY extname',
  );
  expect(extensions).toEqual(['btree_gist', 'cube', 'earthdistance', 'plpgsql']);
  expect(await query(server.url('service_5'), 'SELECT extname FROM pg_extension')).toEqual(['plpgsql']);
});

test('a second run changes nothing', async () => {
  expect(await ensureDatabases(server.url(), twelve)).toEqual({
    rolesCreated: [],
    passwordsChanged: [],
    databasesCreated: [],
    databasesUpdated: [],
  });
});

test('an owner works in their own database, and enters no other one', async () => {
  expect(await query(as(0, 'service_0'), 'CREATE TABLE mine AS SELECT 1 AS n; ')).toEqual([]);
  expect(await query(as(0, 'service_0'), 'SELECT n FROM mine')).toEqual([1]);
  expect(await query(as(0, 'service_0'), 'CREATE SCHEMA audit')).toEqual([]);
  for (const foreign of ['service_1', 'service_11', 'postgres', 'template1']) {
    await expect(query(as(0, foreign), 'SELECT 1'), foreign).rejects.toThrow(
      /permission denied for database/,
    );
  }
});

test('an owner has no other rights', async () => {
  for (const statement of [
    'CREATE DATABASE more',
    'CREATE ROLE friend',
    "COPY mine TO PROGRAM 'true'",
    'SELECT * FROM pg_authid',
    'SET ROLE postgres',
  ]) {
    await expect(query(as(0, 'service_0'), statement), statement).rejects.toThrow(/permission denied/);
  }
});

test('a changed password replaces the old one', async () => {
  const changed = twelve.map((spec, index) => (index === 3 ? { ...spec, password: 'changed!' } : spec));
  expect((await ensureDatabases(server.url(), changed)).passwordsChanged).toEqual(['role-3']);
  expect(await query(as(3, 'service_3', 'changed!'), 'SELECT 1')).toEqual([1]);
  await expect(query(as(3, 'service_3'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

test('a new extension, a new owner and loosened rights of an existing database are put right, rows stay', async () => {
  await query(server.url(), 'GRANT CONNECT ON DATABASE service_0 TO PUBLIC');
  const spec = { name: 'service_0', owner: 'role-new', password: 'new', extensions: ['pg_trgm'] };
  expect((await ensureDatabases(server.url(), [spec])).databasesUpdated).toEqual(['service_0']);
  expect(
    await query(urlFor(server.url(), 'role-new', 'new', 'service_0'), "SELECT similarity('abc', 'abd') > 0"),
  ).toEqual([true]);
  await expect(query(as(5, 'service_0'), 'SELECT 1')).rejects.toThrow(/permission denied/);
  expect(await query(server.url('service_0'), 'SELECT n FROM mine')).toEqual([1]);
});

test('an interrupted creation is completed: until then only the superuser gets in', async () => {
  const spec = { name: 'half', owner: 'role-1', password: 'password-1', extensions: ['citext'] };
  await query(server.url(), 'CREATE DATABASE half OWNER "role-1" CONNECTION LIMIT 0');
  await expect(query(as(1, 'half'), 'SELECT 1')).rejects.toThrow(/too many connections/);
  expect((await ensureDatabases(server.url(), [spec])).databasesUpdated).toEqual(['half']);
  expect(await query(as(1, 'half'), "SELECT 'A'::citext = 'a'::citext")).toEqual([true]);
});

test('an extension that does not exist is refused before anything is made, with the nearest name', async () => {
  const spec = { name: 'maps', owner: 'maps', password: 'maps', extensions: ['pg_trgn'] };
  await expect(ensureDatabases(server.url(), [spec])).rejects.toMatchObject({
    message: 'the embedded PostgreSQL has no extension "pg_trgn" (did you mean "pg_trgm"?)',
    where: 'database maps',
  });
  expect(await query(server.url(), "SELECT datname FROM pg_database WHERE datname = 'maps'")).toEqual([]);
});

test('quotes in names are harmless', async () => {
  const spec = { name: `it's "odd"`, owner: `o'"x`, password: `p'"%/?#`, extensions: ['citext'] };
  await ensureDatabases(server.url(), [spec]);
  const url = urlFor(
    server.url(),
    encodeURIComponent(spec.owner),
    encodeURIComponent(spec.password),
    encodeURIComponent(spec.name),
  );
  expect(await query(url, 'SELECT current_database()')).toEqual([spec.name]);
});
