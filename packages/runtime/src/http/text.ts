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

/** What a short number beyond the range of doubles has; a long text is looked into anyway. */
const HUGE = /\d[eE]\+?\d{3}/;

/**
 * Looks into what was parsed from `source` only as far as that text may hold something: broken characters come as
 * escapes, since raw ones are neither JSON nor UTF-8, and deep nesting takes two characters a level.
 * @throws ProblemError 400
 */
export function checkJson(value: unknown, source: string): void {
  const escapes = source.includes('\\u');
  if (!escapes && source.length <= 2 * MAX_DEPTH && !HUGE.test(source)) return;
  const path: string[] = ['body'];
  const what = mistakeIn(value, escapes, path);
  if (what !== undefined) throw badRequest(`${path.join('.').slice(0, 200)} ${what}.`, 'malformed-json');
}

/** @param path Leads to the mistake afterwards. */
function mistakeIn(value: unknown, escapes: boolean, path: string[]): string | undefined {
  if (typeof value === 'string')
    return escapes && !isText(value) ? 'has U+0000, or half of a surrogate pair' : undefined;
  // JSON.parse reads 1e999 as infinity, which would be stored as null.
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : 'is a larger number than a double holds';
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length > MAX_DEPTH) {
    path.length = 1;
    return `is nested more than ${MAX_DEPTH} levels deep`;
  }
  for (const key of Object.keys(value)) {
    if (escapes && !isText(key)) return 'has a property whose name has U+0000, or half of a surrogate pair';
    path.push(key);
    const what = mistakeIn((value as Record<string, unknown>)[key], escapes, path);
    if (what !== undefined) return what;
    path.pop();
  }
  return undefined;
}
