/**
 * Fields as people write them in a shell: `total:money`, `'status: enum(draft, placed) = draft'`,
 * `'order: { number: string(20), total: money }'`. As in services.yaml, but a comma inside of brackets needs no quotes.
 */
import { parseDocument } from 'yaml';
import { UserError } from '../../platform/errors.ts';
import type { Json } from '../../spec/edit/render.ts';

export type Fields = { readonly [name: string]: Json };

/** @throws UserError for what is not `name: value`, and for a name that comes twice. */
export function parseFields(texts: readonly string[]): Fields {
  const fields = new Map<string, Json>();
  for (const text of texts) {
    const [name, value] = parseNamed(text);
    if (fields.has(name)) throw usage(`${name} is there twice`, `say once what ${name} is`);
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function parseNamed(text: string): [name: string, value: Json] {
  const colon = text.indexOf(':');
  const name = unquoted(text.slice(0, colon).trim());
  const value = text.slice(colon + 1).trim();
  if (colon === -1 || name === '' || value === '')
    throw usage(`"${text}" is not NAME: TYPE`, 'write for example total:money or "title: string(120)"');
  return [name, fieldValue(value)];
}

function fieldValue(text: string): Json {
  if (text.startsWith('{')) {
    if (closing(text) !== text.length - 1) throw unclosed(text);
    return parseFields(parts(text.slice(1, -1)));
  }
  // `[[bookingId, owner]]`, `"[]"`, `5`, `true`; what YAML would take for something else than a scalar is meant as it stands.
  const document = parseDocument(text, { version: '1.2', logLevel: 'silent' });
  const value: unknown = document.errors.length > 0 ? text : document.toJS();
  if (text.startsWith('[') && Array.isArray(value)) return value as Json;
  return typeof value === 'object' ? text : (value as Json);
}

/** At the commas that stand outside of brackets and quotes; a last one may be followed by nothing. */
function parts(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === undefined || character === ',') {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    } else if (isOpening(text, at)) {
      at = closing(text, at);
    }
  }
  if (found.at(-1) === '') found.pop();
  return found;
}

const pairs: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** A quote opens only where a value or an item begins: `it's` is a word. */
const isOpening = (text: string, at: number): boolean =>
  (text[at] ?? '') in pairs || (`"'`.includes(text[at] ?? ' ') && /(^|[:,[({=])\s*$/.test(text.slice(0, at)));

/** Where the bracket or quote that opens at `start` is closed. */
function closing(text: string, start = 0): number {
  const open = text[start] ?? '';
  if (open === '"' || open === "'") {
    for (let at = start + 1; at < text.length; at++) {
      if (open === '"' && text[at] === '\\') at++;
      else if (text[at] === open) return at;
    }
    throw unclosed(text);
  }
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === pairs[open]) return at;
    if (isOpening(text, at)) at = closing(text, at);
  }
  throw unclosed(text);
}

const unquoted = (name: string): string => /^(["'])(.*)\1$/.exec(name)?.[2] ?? name;

const unclosed = (text: string): UserError =>
  usage(
    `"${text}" has a bracket or quote without its other half`,
    'put the whole text in single quotes for the shell',
  );

const usage = (message: string, next: string): UserError =>
  new UserError(message, { next: [next], exitCode: 2 });
