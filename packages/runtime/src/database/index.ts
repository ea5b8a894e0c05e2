export type { Database, PoolStats } from './database.ts';
export { isTransient, isUnreachable, sqlState } from './failures.ts';
export { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
export { Listener, type ListenerOptions } from './listener.ts';
export { openDatabase } from './open.ts';
export type { DatabaseOptions } from './pool.ts';
export { ensureSchema } from './schema.ts';
export {
  afterCommit,
  runTransaction,
  type Db,
  type Tables,
  type TransactionOptions,
  type Tx,
} from './transaction.ts';
