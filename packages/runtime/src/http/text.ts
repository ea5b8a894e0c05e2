/** Which texts of clients are texts at all: no store keeps U+0000, and none keeps half of a surrogate pair as it is. */
import { badRequest } from './problem.ts';

/** Deeper than any declared body, and far from where recursion over a document would exhaust the stack. */
const MAX_DEPTH = 64;

export const isText = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

/** Undefined for what is not percent-encoded UTF-8, and for U+0000. */
export function decodePercent(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    const decoded = decodeURIComponent(text);
    return isText(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Looks into what was parsed from `source` only as far as that text may hold something: broken characters come as
 * escapes, since raw ones are neither JSON nor UTF-8, and deep nesting takes two characters a level.
 * @throws ProblemError 400
 */
export function checkJson(value: unknown, source: string): void {
  const escapes = source.includes('\\u');
  if (escapes || source.length > 2 * MAX_DEPTH) check(value, escapes, MAX_DEPTH);
}

function check(value: unknown, escapes: boolean, depth: number): void {
  if (typeof value === 'string') {
    if (escapes && !isText(value))
      throw badRequest('The body has U+0000, or half of a surrogate pair, in a text.', 'malformed-json');
  } else if (typeof value === 'object' && value !== null) {
    if (depth === 0)
      throw badRequest(`The body is nested more than ${MAX_DEPTH} levels deep.`, 'malformed-json');
    if (Array.isArray(value)) {
      for (const item of value) check(item, escapes, depth - 1);
    } else {
      for (const [key, item] of Object.entries(value)) {
        if (escapes) check(key, escapes, depth);
        check(item, escapes, depth - 1);
      }
    }
  }
}
