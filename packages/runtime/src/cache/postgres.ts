import { sql } from 'kysely';
import { ensureSchema, openDatabase, type Database, type Db } from '../database/index.ts';
import { sweep } from '../database/sweep.ts';
import type { PortOptions } from '../port.ts';
import type { CacheAdapter } from './port.ts';

const SWEEP_MS = 60_000;

/** An unlogged table: fast, and empty after a crash of the server, as a cache may be. */
class PostgresCache implements CacheAdapter {
  readonly #database: Database;
  readonly #sweep: NodeJS.Timeout;
  #prepared: Promise<void> | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#sweep = setInterval(() => void this.#expire().catch(() => undefined), SWEEP_MS).unref();
  }

  async get(key: string): Promise<string | undefined> {
    const { rows } = await sql<{ value: string }>`
      select value from cache_entry where key = ${key} and expires_at > clock_timestamp()`.execute(
      await this.#db(),
    );
    return rows[0]?.value;
  }

  async set(key: string, value: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    await sql`
      insert into cache_entry (key, value, expires_at, tags)
      values (${key}, ${value}, clock_timestamp() + make_interval(secs => ${ttlMs / 1_000}::float8), ${tags})
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at, tags = excluded.tags`.execute(
      await this.#db(),
    );
  }

  async delete(key: string): Promise<void> {
    await sql`delete from cache_entry where key = ${key}`.execute(await this.#db());
  }

  async deleteTag(tag: string): Promise<void> {
    await sql`delete from cache_entry where tags @> ${[tag]}::text[]`.execute(await this.#db());
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#database.close();
  }

  async #db(): Promise<Db> {
    this.#prepared ??= ensureSchema(this.#database.db, 'cache_entry', [
      `create unlogged table cache_entry (
        key text collate "C" primary key, value text not null, expires_at timestamptz not null, tags text[] not null)`,
      'create index cache_entry_expires_at on cache_entry (expires_at)',
      'create index cache_entry_tags on cache_entry using gin (tags)',
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
        delete from cache_entry where key in (
          select key from cache_entry where expires_at < now() limit ${most} for update skip locked)`.execute(
        db,
      ),
    );
  }
}

export async function openPostgresCache(url: URL, options: PortOptions): Promise<CacheAdapter> {
  return new PostgresCache(await openDatabase(url, { ...options, max: 3, statementTimeout: 2_000 }));
}
