import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { type Context, currentContext, runInContext } from '../context.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { afterCommit, ensureSchema, openDatabase, type Database } from './index.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = await openDatabase(server.url, { ...portOptions(), max: 4 });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const one = async (expression: string): Promise<unknown> =>
  (await sql<{ value: unknown }>`select ${sql.raw(expression)} as value`.execute(database.db)).rows[0]?.value;

describe('values arrive as JSON would carry them', () => {
  it.each([
    ['9007199254740991::int8', 9007199254740991],
    ['12.50::numeric', 12.5],
    [`date '2026-07-01'`, '2026-07-01'],
    [`timestamptz '2026-07-01 12:00:00+02'`, '2026-07-01T10:00:00.000Z'],
    [`timestamptz '2026-07-01 10:00:00.123456Z'`, '2026-07-01T10:00:00.123456Z'],
    [`array[date '2026-07-01', null]`, ['2026-07-01', null]],
    [`array[1, 2]::int8[]`, [1, 2]],
    [`array['a,b', 'c"d']`, ['a,b', 'c"d']],
    [`'{}'::uuid[]`, []],
    [`'{"nightPrice": [1]}'::jsonb`, { nightPrice: [1] }],
  ])('%s', async (expression, expected) => {
    expect(await one(expression)).toEqual(expected);
  });

  it('refuses an integer that would lose digits', async () => {
    await expect(one('9007199254740993::int8')).rejects.toThrow('9007199254740993');
  });
});

describe('transactions', () => {
  it('run again when two of them cannot be serialized, and keep both effects', async () => {
    await sql`create table account (id int primary key, balance int not null)`.execute(database.db);
    await sql`insert into account values (1, 0)`.execute(database.db);
    const increments = Array.from({ length: 8 }, () =>
      database.transaction(
        async (tx) => {
          const { balance } = await tx
            .selectFrom('account')
            .select('balance')
            .where('id', '=', 1)
            .executeTakeFirstOrThrow();
          await tx
            .updateTable('account')
            .set({ balance: balance + 1 })
            .where('id', '=', 1)
            .execute();
        },
        { isolation: 'serializable', attempts: 50 },
      ),
    );
    await Promise.all(increments);
    expect(await one('(select balance from account)')).toBe(8);
  });

  it('call back after the commit, and not after a rollback', async () => {
    const calls: string[] = [];
    await database.transaction(async (tx) => {
      afterCommit(tx, () => calls.push('committed'));
      expect(calls).toEqual([]);
    });
    const failing = database.transaction(async (tx) => {
      afterCommit(tx, () => calls.push('rolled back'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(calls).toEqual(['committed']);
  });
});

it('creates a schema once, however many replicas start together', async () => {
  const statements = ['create table shared_thing (id int)', 'insert into shared_thing values (1)'];
  await Promise.all(Array.from({ length: 12 }, () => ensureSchema(database.db, 'shared_thing', statements)));
  expect(await one('(select count(*) from shared_thing)')).toBe(1);
});

it('lists the known schemes for an unknown one, without the password', async () => {
  await expect(openDatabase(new URL('mysql://root:hunter2@host/db'), portOptions())).rejects.toThrow(
    'there is no database adapter for mysql:// addresses: use one of postgres://, postgresql://',
  );
});

describe('when the server is lost', () => {
  it('reports a refused connection as 503 at once', async () => {
    const nowhere = await openDatabase(new URL('postgres://nobody@127.0.0.1:1/none'), portOptions());
    await expect(nowhere.check()).rejects.toMatchObject({ status: 503, code: 'database-unavailable' });
    await nowhere.close();
  });

  it('reports a session killed in a query as 503, survives killed idle sessions, and works again', async () => {
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`;
    const victim = await openDatabase(server.url, { ...portOptions('victim'), max: 3 });
    await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.01)`.execute(victim.db)));
    const running = expect(sql`select pg_sleep(30)`.execute(victim.db)).rejects.toMatchObject({
      status: 503,
    });
    await expect
      .poll(() =>
        one(`(select count(*) from pg_stat_activity where application_name = 'victim' and state = 'active')`),
      )
      .toBe(1);
    await sql.raw(kill).execute(database.db);
    await running;
    await expect
      .poll(() =>
        victim.check().then(
          () => 'ready',
          () => 'lost',
        ),
      )
      .toBe('ready');
    await victim.close();
  });

  it('says of a lost idle connection no request’s ids, not even those of the one that opened it', async () => {
    const warned: (Context | undefined)[] = [];
    const options = portOptions('idle');
    options.log.warn = () => void warned.push(currentContext());
    const idle = await openDatabase(server.url, options);
    const request = { requestId: 'the first', traceId: '1', spanId: '2', traceFlags: '00' };
    await runInContext({ ...request, deadline: undefined, signal: undefined, authorization: undefined }, () =>
      sql`select 1`.execute(idle.db),
    );
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idle'`.execute(
      database.db,
    );
    await expect.poll(() => warned).toEqual([undefined]);
    await idle.close();
  });
});
