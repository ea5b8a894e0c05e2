import { sql, type RawBuilder } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDocuments } from './conformance.ts';
import { openDocuments } from './index.ts';
import { beyond, condition, ordered } from './postgres-keys.ts';
import { testDocumentMessages } from './messages-conformance.ts';

let server: TestDatabase;
const fresh: TestDatabase[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(async () => {
  await Promise.all([server, ...fresh].map((database) => database.drop()));
});

testDocuments('PostgreSQL', () => server.url);
testDocumentMessages('PostgreSQL', async () => {
  const database = await testDatabase();
  fresh.push(database);
  return database.url;
});

it('reads a page, from its start and from a cursor, and an equal value by the index of its field', async () => {
  const store = await openDocuments(server.url, portOptions());
  await store.collection({ name: 'indexed', unique: [], indexes: [['title']] }).ensure();
  const database = await openDatabase(server.url, portOptions());
  const plan = (where: RawBuilder<unknown>, descending: boolean) =>
    database.transaction(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      const { rows } = await sql<object>`
        explain select * from indexed where ${where} order by ${ordered({ field: 'title', descending })} limit 20`.execute(
        tx,
      );
      return rows.map((row) => Object.values(row)[0]).join('\n');
    });
  const byIndex = /Index Scan (Backward )?using indexed_order_/;
  for (const descending of [false, true]) {
    expect(await plan(sql`true`, descending)).toMatch(byIndex);
    const after = beyond({ field: 'title', descending }, { value: 'm', id: 'x' });
    expect(await plan(after, descending)).toMatch(byIndex);
  }
  expect(await plan(condition({ field: 'title', operator: 'equal', value: 'm' }), false)).toMatch(
    /Index Cond: .*"left"/s,
  );
  await Promise.all([store.close(), database.close()]);
});
