import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { ProblemError, unavailable } from '../../http/problem.ts';
import { DuplicateError } from '../port.ts';

/** Primary gone, stepping down, starting or stopping; network between the servers of a cluster. */
const UNAVAILABLE = new Set([6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436]);
const POOL_ERRORS = /^Mongo(PoolClear|PoolClosed|WaitQueueTimeout|TopologyClosed|ClientClosed|NotConnected)/;
const DUPLICATE_KEY = 11000;

/** insertMany() packs into an error of its own what failed, and loses its labels. */
const unpacked = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError
    ? error.errorResponse
    : error;

/** Nothing is wrong with the command: there was nobody to carry it out, or to tell how it went. */
export function isUnreachable(caught: unknown): boolean {
  const error = unpacked(caught);
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoServerError && typeof error.code === 'number') return UNAVAILABLE.has(error.code);
  return error instanceof MongoError && POOL_ERRORS.test(error.name);
}

/** The transaction is rolled back and may simply run again. */
export function isTransient(caught: unknown): boolean {
  const error = unpacked(caught);
  return error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
}

export const isDuplicate = (error: unknown): error is MongoServerError =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/** What the port promises of the driver's errors; others stay as they are. */
export function translated(error: unknown): unknown {
  if (isDuplicate(error)) {
    const pattern = error['keyPattern'] as Readonly<Record<string, unknown>> | undefined;
    const fields = Object.keys(pattern ?? {}).map((field) => (field === '_id' ? 'id' : field));
    return new DuplicateError(fields, { cause: error });
  }
  if (error instanceof ProblemError || !isUnreachable(error)) return error;
  const problem = unavailable(
    'The document database cannot be reached at the moment.',
    1,
    'database-unavailable',
  );
  problem.cause = error;
  return problem;
}
