import type { IsolationLevel, Kysely, Transaction } from 'kysely';
import { backoff, pause } from '../backoff.ts';
import { inSpan } from '../telemetry/span.ts';
import { isTransient } from './failures.ts';

/** Services describe their tables in SQL migrations; Kysely's table types are for those who add their own. */
export type Tables = any;
/** The query builder, outside of a transaction. */
export type Db = Kysely<Tables>;
/** The query builder, inside of one. */
export type Tx = Transaction<Tables>;

/** How a transaction runs. */
export interface TransactionOptions {
  /** Default: the server's, read committed. */
  readonly isolation?: IsolationLevel;
  /** How often `work` may run in all, when the server rolled it back for a serialization failure or a deadlock. Default 5. */
  readonly attempts?: number;
}

const hooks = new WeakMap<object, (() => void)[]>();

/** Calls back once the transaction is committed, not when it is rolled back. */
export function afterCommit(tx: Tx, callback: () => void): void {
  const list = hooks.get(tx);
  // A transaction that somebody began on Kysely itself has no end that we would see.
  if (list !== undefined) list.push(callback);
}

/**
 * Runs `work` in a transaction, again when the server asks for it: `work` has no effects outside of the database.
 * @throws whatever `work` throws, after the rollback; ProblemError 503 when the server is gone.
 */
export function runTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return inSpan('transaction', () => repeated(db, work, options));
}

async function repeated<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  { isolation, attempts = 5 }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const callbacks: (() => void)[] = [];
    try {
      const builder =
        isolation === undefined ? db.transaction() : db.transaction().setIsolationLevel(isolation);
      const result = await builder.execute((tx) => {
        hooks.set(tx, callbacks);
        return work(tx);
      });
      for (const callback of callbacks) callback();
      return result;
    } catch (error) {
      if (!isTransient(error) || attempt >= attempts) throw error;
      await pause(backoff(attempt, { base: 10, max: 500 }));
    }
  }
}
