/**
 * Cursors of lists: the sort value and the id of a page's last item, in a text that fits into any query string. A value that
 * is too long for that is read from its row again; what then tells whether the row is still the same is a digest of the value.
 */
import { createHash } from 'node:crypto';
import { badRequest } from '../http/problem.ts';
import { isText } from '../http/text.ts';

/** A position in a sorted list: the last item's sort value and id. */
export interface Position {
  readonly value: string | number | boolean | null;
  readonly id: string;
}

/** A position whose value is longer than a cursor may be. */
export interface LongPosition {
  /** The value's first characters. */
  readonly prefix: string;
  /** Of the whole value. */
  readonly digest: string;
  readonly id: string;
}

/** Bytes of JSON. With this, a field's name and an id, a cursor stays below the 1,024 characters that `listQuery` takes. */
const MAX_VALUE = 600;
/** Characters; with every one escaped they are still fewer bytes than `MAX_VALUE`. */
const PREFIX = 64;

/** Opaque for clients. Bound to the sort: the position means nothing in another order. */
export function encodeCursor(sort: string, { value, id }: Position): string {
  const position =
    typeof value === 'string' && Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE
      ? [sort, prefixOf(value), id, digestOf(value)]
      : [sort, value, id];
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws ProblemError 400 for anything that `encodeCursor` did not make for this sort. */
export function decodeCursor(sort: string, cursor: string): Position | LongPosition {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  if (!Array.isArray(parts) || parts.length < 3 || parts.length > 4) throw invalid();
  const [madeFor, value, id, digest] = parts as unknown[];
  if (typeof madeFor !== 'string' || typeof id !== 'string') throw invalid();
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) throw invalid();
  if (!isText(id) || (typeof value === 'string' && !isText(value))) throw invalid();
  // JSON has no infinity, but 1e999 is read as one.
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid();
  if (madeFor !== sort)
    throw badRequest(
      `The cursor belongs to the order ${madeFor}: use it with the same sort.`,
      'invalid-cursor',
    );
  if (parts.length === 3) return { value: value as Position['value'], id };
  if (typeof value !== 'string' || typeof digest !== 'string') throw invalid();
  return { prefix: value, digest, id };
}

/** Sorts after every other id. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Where the list goes on.
 * @param current The value that the row has now; undefined when the row is gone. When it is not the value any more that the
 * page ended with, the list goes on at the values that begin alike: nothing is left out, but some of those may come again.
 */
export function resume(after: LongPosition, current: unknown, descending: boolean): Position {
  const { prefix, digest, id } = after;
  if (typeof current === 'string' && digestOf(current) === digest) return { value: current, id };
  return { value: descending ? `${prefix}\u{10ffff}` : prefix, id: LAST_ID };
}

const prefixOf = (value: string): string => [...value.slice(0, 2 * PREFIX)].slice(0, PREFIX).join('');
const digestOf = (value: string): string =>
  createHash('sha256').update(value).digest('base64url').slice(0, 22);

export const invalid = () =>
  badRequest('The cursor is not valid: use nextCursor of a page, unchanged.', 'invalid-cursor');
