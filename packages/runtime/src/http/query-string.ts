/**
 * `a=1&b=x&b=y` → { a: '1', b: ['x', 'y'] }, by the rules of application/x-www-form-urlencoded. The result has no
 * prototype: `__proto__` is a key like any other.
 */
import { badRequest } from './problem.ts';
import { decodePercent } from './text.ts';

const MAX_PAIRS = 200;

export function parseQueryString(text: string): Record<string, unknown> {
  const result = Object.create(null) as Record<string, unknown>;
  if (text === '') return result;
  let start = 0;
  for (let count = 0; start <= text.length; count += 1) {
    if (count === MAX_PAIRS) throw badRequest(`The query string has more than ${MAX_PAIRS} parameters.`);
    const ampersand = text.indexOf('&', start);
    const end = ampersand === -1 ? text.length : ampersand;
    if (end > start) add(result, text.slice(start, end));
    start = end + 1;
  }
  return result;
}

function add(result: Record<string, unknown>, pair: string): void {
  const equals = pair.indexOf('=');
  const key = decode(equals === -1 ? pair : pair.slice(0, equals));
  const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
  const before = result[key];
  if (before === undefined) result[key] = value;
  else if (Array.isArray(before)) before.push(value);
  else result[key] = [before, value];
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const decoded = decodePercent(text.replaceAll('+', ' '));
  if (decoded === undefined) throw badRequest('The query string is not valid percent-encoded UTF-8.');
  return decoded;
}
