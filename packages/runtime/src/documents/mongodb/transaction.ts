import type { ClientSession, MongoClient, TransactionOptions } from 'mongodb';
import { backoff, pause } from '../../backoff.ts';
import { isTransient, isUnreachable, translated } from './failures.ts';

/** As long as another transaction may be in the way; PostgreSQL's adapter waits for a lock as long. */
const PATIENCE_MS = 30_000;
const COMMIT_ATTEMPTS = 3;

const OPTIONS: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority' },
  // Whatever the URL prefers: transactions read nowhere else.
  readPreference: 'primary',
};

/** A transaction under way. Calls that belong to it run one after the other, as MongoDB wants it. */
export class Transaction {
  readonly callbacks: (() => void)[] = [];
  readonly #session: ClientSession;
  #turn: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(session: ClientSession) {
    this.#session = session;
  }

  /** Whatever fails ends the transaction, as at the server. @throws as the driver does. */
  run<T>(call: (session: ClientSession) => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        return await call(this.#session);
      } catch (error) {
        this.#failure = error;
        throw error;
      }
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** What failed first, also when the work has caught it, once all calls are done. */
  async failure(): Promise<unknown> {
    await this.#turn;
    return this.#failure;
  }
}

/**
 * Runs `work` in a transaction, again when it met another one in conflict. The driver's own loop would repeat for two
 * minutes what a lost server cannot do.
 * @throws whatever `work` throws, after the rollback; ProblemError 503 when the server is gone (then a commit under way
 *   may have happened or not, as with every database).
 */
export async function runTransaction<T>(
  client: MongoClient,
  work: (tx: Transaction) => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const session = client.startSession();
    const tx = new Transaction(session);
    try {
      session.startTransaction(OPTIONS);
      const result = await work(tx);
      const failure = await tx.failure();
      if (failure !== undefined) throw failure;
      await commit(session);
      for (const callback of tx.callbacks) callback();
      return result;
    } catch (error) {
      const failure = (await tx.failure()) ?? error;
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      if (!isTransient(failure) || isUnreachable(failure) || performance.now() - started > patienceMs)
        throw translated(error);
    } finally {
      await session.endSession().catch(() => undefined);
    }
    await pause(backoff(attempt, { base: 5, max: 500 }));
  }
}

/** Asking again is harmless: the server knows what it committed. */
async function commit(session: ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      const unknown = (error as { hasErrorLabel?(label: string): boolean }).hasErrorLabel?.(
        'UnknownTransactionCommitResult',
      );
      if (unknown !== true || attempt >= COMMIT_ATTEMPTS) throw error;
      await pause(backoff(attempt, { base: 20, max: 200 }));
    }
  }
}
