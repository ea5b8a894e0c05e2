import { ProblemError, unavailable } from '../http/problem.ts';

/** The five-character SQLSTATE of a PostgreSQL error; undefined for everything else. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Serialization failure and deadlock: the transaction was rolled back and may simply run again. */
export function isTransient(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** pg reports these as plain errors, without a code. */
const DRIVER_MESSAGES =
  /Connection terminated|connection is closed|not queryable|timeout exceeded when trying to connect|timeout expired/i;

/** Server gone, starting, stopping, or out of connections: nothing is wrong with the query. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && SOCKET_ERRORS.has(code)) return true;
  const state = sqlState(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || state === '53300';
  return error instanceof Error && DRIVER_MESSAGES.test(error.message);
}

/** A lost server becomes 503; everything else stays as it is. */
export function reachable(error: unknown): unknown {
  if (error instanceof ProblemError || !isUnreachable(error)) return error;
  const problem = unavailable('The database cannot be reached at the moment.', 1, 'database-unavailable');
  problem.cause = error;
  return problem;
}
