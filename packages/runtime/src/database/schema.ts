import { sql } from 'kysely';
import type { Db } from './transaction.ts';

/**
 * Creates what an adapter needs, once, however many replicas start at the same moment: `create … if not exists` alone
 * still fails when two sessions race. `probe` is a table that the last statement's success implies; when it is there,
 * nothing is locked. Table and index names are the adapter's own, so the statements carry no parameters.
 */
export async function ensureSchema(db: Db, probe: string, statements: readonly string[]): Promise<void> {
  const found = async (on: Db) => {
    // Not to_regclass(): it answers from the session's cache, which waiting for an advisory lock does not refresh.
    const { rows } = await sql`
      select from pg_catalog.pg_class where relname = ${probe} and relnamespace = current_schema()::regnamespace`.execute(
      on,
    );
    return rows.length > 0;
  };
  if (await found(db)) return;
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`hometrip:${probe}`}, 0))`.execute(tx);
    if (await found(tx)) return;
    for (const statement of statements) await sql.raw(statement).execute(tx);
  });
}
