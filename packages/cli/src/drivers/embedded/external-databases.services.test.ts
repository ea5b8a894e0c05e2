import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../model/stack.ts';
import { requireExternal } from './external.ts';
import { externalDatabases, migrationsKey, ownAddress } from './external-address.ts';
import { ensureExternalDatabases } from './external-databases.ts';
import type { RunningPostgres } from './postgres/running.ts';
import { startPostgres } from './postgres/start.ts';
import { query, TestBed } from './postgres/test-server.ts';
import { stackOf } from './testing/stack.ts';

const bed = new TestBed();
let server: RunningPostgres;
/** An address of the server, as somebody who is not its superuser. */
const as = (user: string, password = user): string =>
  `postgres://${user}:${password}@127.0.0.1:${server.port}`;

beforeAll(async () => {
  server = await startPostgres(bed.options('elsewhere'));
  for (const statement of [
    "create role maker login createdb createrole password 'maker'",
    "create role reader login password 'reader'",
    "create role own login password 'own'",
    'create database own owner own',
  ])
    await query(server.url(), statement);
});
afterAll(async () => {
  await server?.stop();
  await bed.close();
});

const stack: Stack = stackOf(`components: { postgres: { external: "\${DB_URL}" } }
services:
  room-service: { port: 4001, database: postgres, entities: { room: { title: text } } }
  guest-service: { port: 4002, database: postgres, entities: { guest: { title: text } } }
`);
const passwordOf = ({ name }: { name: string }): string => `password-of-${name}`;
const ensure = (known: readonly string[] = [], password = passwordOf, of = stack) =>
  ensureExternalDatabases(of, externalDatabases(of, { DB_URL: as('maker') }), known, password);
const addresses = () =>
  externalDatabases(stack, { DB_URL: as('maker') }).map((one) => ownAddress(one, passwordOf(one.database)));

describe('an external PostgreSQL server', () => {
  it('gets a database and a role for each service, made by a user who may do no more than that', async () => {
    await ensure();
    const found = await Promise.all(
      addresses().map((url) => query(url, "select current_database() || ' of ' || current_user")),
    );
    expect(found.flat()).toEqual(['fixture_guest of fixture_guest', 'fixture_room of fixture_room']);
    await Promise.all(addresses().map((url) => query(url, 'create table schema_migrations (version int)')));
  });

  it('lets no service into the database of another', async () => {
    const [guest = ''] = addresses();
    const url = new URL(guest);
    url.pathname = '/fixture_room';
    await expect(query(url.href, 'select 1')).rejects.toThrow(/permission denied/);
  });

  it('may be asked again, and keeps what is there', async () => {
    await ensure();
    const [guest = ''] = addresses();
    expect(
      await query(guest, "select count(*)::int from pg_tables where tablename = 'schema_migrations'"),
    ).toEqual([1]);
  });

  it('gives a role of ours the password that is valid now, and nobody else’s', async () => {
    const other = ({ name }: { name: string }): string => `other-of-${name}`;
    await expect(ensure([], other)).rejects.toMatchObject({
      message: expect.stringMatching(
        /has a database or role fixture_(guest|room) already, which this stack did not make/,
      ),
      where: 'DB_URL (components.postgres.external in services.yaml)',
      next: [
        expect.stringMatching(/\.hometrip\/secrets\/(guest|room)-database-password/),
        expect.stringMatching(/components\.postgres\.addresses\.(guest|room)-service/),
        expect.stringMatching(/DROP DATABASE fixture_/),
      ],
    });
    const known = externalDatabases(stack, { DB_URL: as('maker') }).map(({ id }) => id);
    await ensure(known, other);
    await ensure(known);
  });
});

describe('before anything is touched, up says', () => {
  const never = new AbortController().signal;
  const problem = (DB_URL: string, of = stack, values = {}): Promise<unknown> =>
    requireExternal(of, { DB_URL, ...values }, () => undefined, never).then(
      () => 'none',
      (error: unknown) => error,
    );

  it.each([
    [
      'a wrong password',
      () => as('maker', 'sesame'),
      /^postgres does not let maker in at 127\.0\.0\.1:\d+: the password is wrong/,
    ],
    ['a missing password', () => `postgres://maker@127.0.0.1:${server.port}`, /does not let maker in/],
    [
      'missing rights',
      () => as('reader'),
      /lacks CREATEDB and CREATEROLE \(ALTER ROLE "?reader"? CREATEDB CREATEROLE\)/,
    ],
    ['a database that is not there', () => `${as('maker')}/none`, /has no database none/],
    [
      'a host that is not there',
      () => 'postgres://maker:maker@nowhere.invalid',
      /cannot be reached at nowhere\.invalid:5432/,
    ],
  ])('%s, the variable and its place, and never the password', async (_, url, message) => {
    expect(await problem(url())).toMatchObject({
      message: expect.stringMatching(message),
      next: expect.arrayContaining(['check DB_URL (components.postgres.external in services.yaml)']),
    });
    expect(JSON.stringify(await problem(url()))).not.toMatch(/sesame|maker:maker/);
  });

  it('nothing about a server that will do', async () => {
    expect(await problem(as('maker'))).toBe('none');
  });

  it('that two addresses lead to one database', async () => {
    const own =
      stackOf(`components: { postgres: { addresses: { room-service: "\${ROOM}", guest-service: "\${GUEST}" } } }
services:
  room-service: { port: 4001, database: postgres, entities: { room: { title: text } } }
  guest-service: { port: 4002, database: postgres, entities: { guest: { title: text } } }
`);
    const ROOM = `${as('own')}/own`;
    expect(await problem('', own, { ROOM, GUEST: ROOM })).toMatchObject({
      message:
        'the database of room-service is also the database of guest-service: each service needs one of its own',
      next: expect.arrayContaining([
        'check GUEST (components.postgres.addresses.guest-service in services.yaml)',
      ]),
    });
    expect(externalDatabases(own, { ROOM, GUEST: ROOM })).toEqual([]);
  });
});

it('remembers migrations by the server, so that another one begins from nothing', () => {
  const key = (DB_URL: string) => migrationsKey(stack, 'room-service', { DB_URL });
  expect(key('postgres://a:1@one')).toBe('room-service@one/fixture_room');
  expect(key('postgres://b:2@one')).toBe(key('postgres://a:1@one'));
  expect(key('postgres://a:1@two')).not.toBe(key('postgres://a:1@one'));
});
