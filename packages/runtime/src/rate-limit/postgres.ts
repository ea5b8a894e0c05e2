import { sql } from 'kysely';
import { ensureSchema, openDatabase, type Database, type Db } from '../database/index.ts';
import { sweep } from '../database/sweep.ts';
import type { PortOptions } from '../port.ts';
import { remaining } from './gcra.ts';
import type { Decision, Limit, RateLimitAdapter } from './port.ts';

const SWEEP_MS = 60_000;

/** One row per key in an unlogged table; the row's lock makes concurrent takes queue up, so the count is exact. */
class PostgresRateLimit implements RateLimitAdapter {
  readonly #database: Database;
  readonly #sweep: NodeJS.Timeout;
  #prepared: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#sweep = setInterval(() => void this.#expire().catch(() => undefined), SWEEP_MS).unref();
  }

  /** The algorithm of gcra.ts, with the server's clock: that of the replicas may differ. */
  async take(key: string, limit: Limit): Promise<Decision> {
    const interval = 1 / limit.rate;
    const now = sql`extract(epoch from clock_timestamp())::float8`;
    const next = sql`greatest(r.full_at, ${now}) + ${interval}::float8`;
    const { rows } = await sql<{ allowed: boolean; fullAt: number; now: number }>`
      with taken as (
        insert into rate_limit_entry as r (key, full_at) values (${key}, ${now} + ${interval}::float8)
        on conflict (key) do update set full_at = ${next}
        where ${next} - ${limit.burst * interval}::float8 <= ${now} + 1e-6
        returning full_at
      )
      select true as allowed, full_at, ${now} as now from taken
      union all
      select false, full_at, ${now} from rate_limit_entry where key = ${key} and not exists (select from taken)`.execute(
      await this.#db(),
    );
    const row = rows[0];
    // Refused by a row that a rival inserted while this statement ran, so that it could not be read.
    if (row === undefined) return { allowed: false, remaining: 0, retryAfter: interval };
    if (row.allowed)
      return { allowed: true, remaining: remaining(row.fullAt, row.now, limit), retryAfter: 0 };
    const wait = Math.max(row.fullAt, row.now) + interval - limit.burst * interval - row.now;
    return { allowed: false, remaining: 0, retryAfter: Math.max(0.001, wait) };
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#database.close();
  }

  async #db(): Promise<Db> {
    this.#prepared ??= ensureSchema(this.#database.db, 'rate_limit_entry', [
      'create unlogged table rate_limit_entry (key text collate "C" primary key, full_at float8 not null)',
      'create index rate_limit_entry_full_at on rate_limit_entry (full_at)',
    ]);
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
    return this.#database.db;
  }

  async #expire(): Promise<void> {
    const db = await this.#db();
    await sweep((most) =>
      sql`
        delete from rate_limit_entry where key in (
          select key from rate_limit_entry where full_at < extract(epoch from now()) limit ${most} for update skip locked)`.execute(
        db,
      ),
    );
  }
}

export async function openPostgresRateLimit(url: URL, options: PortOptions): Promise<RateLimitAdapter> {
  return new PostgresRateLimit(await openDatabase(url, { ...options, max: 4, statementTimeout: 2_000 }));
}
