import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import { createPool, reportingPool, type PoolOptions } from './pool.ts';
import { runTransaction, type Db, type Tx, type TransactionOptions } from './transaction.ts';

export interface PoolStats {
  readonly max: number;
  readonly total: number;
  readonly inUse: number;
  readonly waiting: number;
}

/**
 * A service's SQL database. Names are camelCase in TypeScript and snake_case in SQL. When the server is gone, queries
 * fail fast with a ProblemError 503, and work again as soon as it is back.
 */
export interface Database {
  readonly db: Db;
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** @throws ProblemError 503 when the database cannot be reached. */
  ready(): Promise<void>;
  stats(): PoolStats;
  /** Waits for queries that run, then closes the connections. */
  close(): Promise<void>;
}

export function openPostgres(url: string, options: PoolOptions = {}): Database {
  const pool = createPool(url, options);
  const db: Db = new Kysely({
    dialect: new PostgresDialect({ pool: reportingPool(pool) }),
    // Keys inside json columns are data, not names.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  let closing: Promise<void> | undefined;
  return {
    db,
    transaction: (work, transactionOptions) => runTransaction(db, work, transactionOptions),
    async ready() {
      await sql`select 1`.execute(db);
    },
    stats: () => ({
      max: pool.options.max,
      total: pool.totalCount,
      inUse: pool.totalCount - pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => (closing ??= db.destroy().then(() => (pool.ended ? undefined : pool.end()))),
  };
}
