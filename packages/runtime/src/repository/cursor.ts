import { badRequest } from '../http/problem.ts';
import { isText } from '../http/text.ts';

/** A position in a sorted list: the last item's sort value and id. */
export interface Position {
  readonly value: string | number | boolean | null;
  readonly id: string;
}

/** Opaque for clients. Bound to the sort: the position means nothing in another order. */
export function encodeCursor(sort: string, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** @throws ProblemError 400 for anything that `encodeCursor` did not make for this sort. */
export function decodeCursor(sort: string, cursor: string): Position {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw invalid();
  const [madeFor, value, id] = parts as unknown[];
  if (typeof madeFor !== 'string' || typeof id !== 'string') throw invalid();
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) throw invalid();
  if (!isText(id) || (typeof value === 'string' && !isText(value))) throw invalid();
  if (madeFor !== sort)
    throw badRequest(
      `The cursor belongs to the order ${madeFor}: use it with the same sort.`,
      'invalid-cursor',
    );
  return { value: value as Position['value'], id };
}

export const invalid = () =>
  badRequest('The cursor is not valid: use nextCursor of a page, unchanged.', 'invalid-cursor');
