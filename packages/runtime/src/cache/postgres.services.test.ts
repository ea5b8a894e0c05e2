import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testCache } from './conformance.ts';
import { openCache } from './index.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testCache('PostgreSQL', () => server.url);

it('removes all that is over, however much has come since the last time', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await using after = new AsyncDisposableStack();
  after.defer(() => void vi.useRealTimers());
  const cache = await openCache(server.url, portOptions());
  after.defer(() => cache.close());
  const { db, close } = await openDatabase(server.url, portOptions());
  after.defer(close);
  await sql`
    insert into cache_entry (key, value, expires_at, tags)
    select 'over ' || n, '1', now() - interval '1 minute', '{}' from generate_series(1, 25000) n`.execute(db);
  vi.advanceTimersByTime(60_000);
  const over = async () =>
    (await sql`select from cache_entry where key like 'over %'`.execute(db)).rows.length;
  await expect.poll(over, { timeout: 10_000 }).toBe(0);
});
