import { Kysely, PostgresDialect, sql } from 'kysely';
import { Gauge } from 'prom-client';
import { PostgresMessageStore } from '../events/postgres/message-store.ts';
import type { MessageStore } from '../events/message-store.ts';
import { joinedTransaction } from '../context.ts';
import type { AnswerStore } from '../idempotency/port.ts';
import { PostgresAnswerStore } from '../idempotency/postgres.ts';
import type { Port } from '../port.ts';
import { NamesPlugin } from './names-plugin.ts';
import { createPool, reportingPool, type DatabaseOptions } from './pool.ts';
import { runTransaction, type Db, type Tx, type TransactionOptions } from './transaction.ts';

/** Connections of a pool at this moment. */
export interface PoolStats {
  readonly max: number;
  readonly total: number;
  readonly inUse: number;
  readonly waiting: number;
}

/**
 * A service's SQL database. Names are camelCase in TypeScript and snake_case in SQL (`columnOf`, `fieldOf`). When the server is gone, queries
 * fail fast with a ProblemError 503, and work again as soon as it is back.
 */
export interface Database extends Port {
  readonly db: Db;
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** @throws ProblemError 503 when the database cannot be reached. */
  check(): Promise<void>;
  stats(): PoolStats;
  /** Outbox and inbox, as tables of this database. */
  readonly messages: MessageStore;
  /** Answers by the key of their request, as a table of this database. */
  readonly answers: AnswerStore;
  /** Waits for queries that run, then closes the connections. */
  close(): Promise<void>;
}

export function openPostgres(url: URL, options: DatabaseOptions): Database {
  const pool = createPool(url, options);
  const db: Db = new Kysely({
    dialect: new PostgresDialect({ pool: reportingPool(pool) }),
    plugins: [new NamesPlugin()],
  });
  let closing: Promise<void> | undefined;
  const stats = () => ({
    max: pool.options.max,
    total: pool.totalCount,
    inUse: pool.totalCount - pool.idleCount,
    waiting: pool.waitingCount,
  });
  measure(options, stats);
  return {
    db,
    transaction(work, transactionOptions) {
      const joined = joinedTransaction<Tx>(db);
      if (joined === undefined) return runTransaction(db, work, transactionOptions);
      if (transactionOptions?.isolation !== undefined)
        throw new TypeError(
          'A route that takes an Idempotency-Key cannot choose the isolation of its transaction.',
        );
      return work(joined);
    },
    async check() {
      await sql`select 1`.execute(db);
    },
    stats,
    messages: new PostgresMessageStore(db),
    answers: new PostgresAnswerStore(db),
    close: () => (closing ??= db.destroy().then(() => (pool.ended ? undefined : pool.end()))),
  };
}

function measure({ metrics }: DatabaseOptions, stats: () => PoolStats): void {
  const name = 'database_pool_connections';
  // One service may open the same server twice (data, events); the first, its data, is the one that is measured.
  if (metrics.getSingleMetric(name) !== undefined) return;
  new Gauge({
    name,
    help: 'Connections of the pool: in use, idle, the limit, and queries that wait for one.',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      const { max, total, inUse, waiting } = stats();
      this.set({ state: 'in_use' }, inUse);
      this.set({ state: 'idle' }, total - inUse);
      this.set({ state: 'max' }, max);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
