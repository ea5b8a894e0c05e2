import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { portOptions } from '../testing/port-options.ts';
import { testDatabase, type TestDatabase } from '../testing/database.ts';
import { testRateLimiter } from './conformance.ts';
import { openRateLimiter } from './index.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

testRateLimiter('PostgreSQL', () => server.url, { shared: true });

it('removes all that is over, however much has come since the last time', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await using after = new AsyncDisposableStack();
  after.defer(() => void vi.useRealTimers());
  const limiter = await openRateLimiter(server.url, portOptions());
  after.defer(() => limiter.close());
  const { db, close } = await openDatabase(server.url, portOptions());
  after.defer(close);
  await sql`
    insert into rate_limit_entry (key, full_at)
    select 'over ' || n, extract(epoch from now()) - 60 from generate_series(1, 25000) n`.execute(db);
  vi.advanceTimersByTime(60_000);
  const over = async () =>
    (await sql`select from rate_limit_entry where key like 'over %'`.execute(db)).rows.length;
  await expect.poll(over, { timeout: 10_000 }).toBe(0);
});
