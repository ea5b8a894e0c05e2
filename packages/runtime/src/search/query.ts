/** What callers ask, and how it becomes what adapters answer. */
import { badRequest } from '../http/problem.ts';
import { isText } from '../http/text.ts';
import { assertFilter, instant } from './validate.ts';
import type {
  FacetCount,
  FieldDefinition,
  Filter,
  IndexDefinition,
  Position,
  ResolvedQuery,
  ResolvedSuggestion,
  Sort,
  Source,
} from './port.ts';
import { wordsOf } from './words.ts';

/** `from` + `limit` reach at most this far; `after` reaches everything. */
export const WINDOW = 10_000;
const MOST_WORDS = 32;
/** Letters of a word that suggestions look at; servers index beginnings up to here. */
export const LONGEST_BEGINNING = 20;

/** What to look for, how to sort it, what to count. */
export interface Query {
  /** What a person typed. Every word must be found in one of the text fields; nothing typed matches everything. */
  readonly text?: string | undefined;
  /** The text fields to look in, with what a word found there counts for. Default: all, as the index declares them. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** Find words with typing errors too; default true. */
  readonly fuzzy?: boolean | undefined;
  readonly where?: readonly Filter[] | undefined;
  /** Default: by relevance when there is text, else by id. */
  readonly sort?: readonly Sort[] | undefined;
  /** Count the documents by the values of these fields; up to `limit` values each, default 10. */
  readonly facets?: readonly (string | { readonly field: string; readonly limit: number })[] | undefined;
  /** Hits of a page, up to 1,000; default 20. 0 for facets alone. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** `next` of the page before, for the same sort. Not together with `offset`. */
  readonly after?: string | undefined;
}

/** A document that was found. */
export interface Hit {
  readonly id: string;
  readonly version: number;
  readonly source: Source;
  /** Only when sorted by relevance. Compares hits of one query; its scale is the server's own. */
  readonly score?: number;
  /** Metres; only when sorted by distance, and when the document has a place. */
  readonly distance?: number;
}

/** What was found. */
export interface Result {
  readonly hits: readonly Hit[];
  /** Exact up to 10,000; that number also stands for more. */
  readonly total: number;
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>;
  /** For the page after this one; undefined when this is the last. */
  readonly next: string | undefined;
}

/** What to complete. */
export interface Suggest {
  readonly field: string;
  /** What a person has typed so far. */
  readonly text: string;
  readonly where?: readonly Filter[] | undefined;
  /** Default 10, at most 100. */
  readonly limit?: number | undefined;
}

/** How a write ends. */
export interface WriteOptions {
  /** Resolve when searches see it; may take a second. For tests, and for the rare caller who reads what it wrote. */
  readonly visible?: boolean | undefined;
}

export function resolveQuery(index: IndexDefinition, query: Query): ResolvedQuery {
  const { limit = 20, offset = 0, after } = query;
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000) throw new RangeError('limit: 0 to 1,000.');
  if (!Number.isInteger(offset) || offset < 0) throw new RangeError('offset: 0 or more.');
  if (offset + limit > WINDOW)
    throw badRequest(`Offsets reach ${WINDOW} results: read on with the cursor.`, 'offset-too-far');
  if (after !== undefined && offset > 0) throw new TypeError('Use either offset or after.');
  const words = [...new Set(wordsOf(query.text ?? ''))].slice(0, MOST_WORDS);
  const sort = query.sort ?? (words.length > 0 ? [{ by: 'relevance' }] : []);
  for (const one of sort) assertSort(index, one);
  return {
    words,
    fields: weightedFields(index, words, query.weights),
    fuzzy: query.fuzzy ?? true,
    where: resolveFilters(index, query.where),
    sort,
    facets: (query.facets ?? []).map((facet) => resolveFacet(index, facet)),
    limit,
    offset,
    after: after === undefined ? undefined : decodeCursor(sort, after),
  };
}

export function resolveSuggestion(
  index: IndexDefinition,
  { field, text, where, limit = 10 }: Suggest,
): ResolvedSuggestion {
  const definition = fieldOf(index, field, 'text');
  if (definition.type !== 'text' || definition.suggest !== true)
    throw new TypeError(`${field} of the index ${index.name} is not declared with suggest.`);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new RangeError('limit: 1 to 100.');
  const words = [...new Set(wordsOf(text).map((word) => word.slice(0, LONGEST_BEGINNING)))].slice(
    0,
    MOST_WORDS,
  );
  return { field, words, fuzzy: false, where: resolveFilters(index, where), limit };
}

/** Bound to the sort, as the position means nothing in another order. */
export function encodeCursor(sort: readonly Sort[], position: Position): string {
  return Buffer.from(JSON.stringify([signature(sort), ...position])).toString('base64url');
}

/** @throws ProblemError 400 */
function decodeCursor(sort: readonly Sort[], cursor: string): Position {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalidCursor();
  }
  if (!Array.isArray(parts) || parts.length !== sort.length + 2) throw invalidCursor();
  const [madeFor, ...position] = parts as unknown[];
  if (madeFor !== signature(sort) || !position.every(isScalarOrNull)) throw invalidCursor();
  return position as Position;
}

export const invalidCursor = () =>
  badRequest(
    'The cursor is not valid: use the one of a page, unchanged, with the same sort.',
    'invalid-cursor',
  );

const isScalarOrNull = (value: unknown): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  typeof value === 'number' ||
  (typeof value === 'string' && isText(value));

const signature = (sort: readonly Sort[]): string =>
  sort
    .map((one) => {
      if (one.by === 'relevance') return 'relevance';
      if (one.by === 'distance') return `${one.field}@${one.from.lat},${one.from.lon}`;
      return one.descending === true ? `-${one.field}` : one.field;
    })
    .join(' ');

function weightedFields(
  index: IndexDefinition,
  words: readonly string[],
  weights: Query['weights'],
): ResolvedQuery['fields'] {
  const all = Object.entries(weights ?? textFields(index));
  for (const [name, weight] of all) {
    fieldOf(index, name, 'text');
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`The weight of ${name} must be above 0.`);
  }
  if (all.length === 0 && words.length > 0)
    throw new TypeError(`The index ${index.name} has no text field to look in.`);
  return all.map(([name, weight]) => ({ name, weight })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function textFields(index: IndexDefinition): Record<string, number> {
  return Object.fromEntries(
    Object.entries(index.fields).flatMap(([name, field]) =>
      field.type === 'text' ? [[name, field.weight ?? 1]] : [],
    ),
  );
}

function resolveFacet(index: IndexDefinition, facet: string | { field: string; limit: number }) {
  const { field, limit } = typeof facet === 'string' ? { field: facet, limit: 10 } : facet;
  fieldOf(index, field, 'keyword', 'boolean');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new RangeError('limit of a facet: 1 to 1,000.');
  return { field, limit };
}

const resolveFilters = (index: IndexDefinition, where: readonly Filter[] = []): readonly Filter[] =>
  where.map((filter) => resolveFilter(index, filter));

/** Servers round incomplete dates each in their own way, so they get full instants. */
function resolveFilter(index: IndexDefinition, filter: Filter): Filter {
  if ('not' in filter) return { not: resolveFilter(index, filter.not) };
  assertFilter(index, filter);
  if (index.fields[filter.field]?.type !== 'date') return filter;
  const full = <T>(value: T) => (value === undefined ? undefined : instant(value));
  if (filter.operator === 'equal') return { ...filter, value: instant(filter.value) };
  if (filter.operator === 'in') return { ...filter, value: filter.value.map((value) => instant(value)) };
  if (filter.operator !== 'range') return filter;
  return {
    ...filter,
    gt: full(filter.gt),
    gte: full(filter.gte),
    lt: full(filter.lt),
    lte: full(filter.lte),
  };
}

function assertSort(index: IndexDefinition, sort: Sort): void {
  if (sort.by === 'distance') fieldOf(index, sort.field, 'geo');
  else if (sort.by === 'field') fieldOf(index, sort.field, 'keyword', 'number', 'boolean', 'date');
}

/** @throws TypeError when the field is not declared, or of none of these types. */
export function fieldOf(
  index: IndexDefinition,
  name: string,
  ...types: readonly FieldDefinition['type'][]
): FieldDefinition {
  const field = Object.hasOwn(index.fields, name) ? index.fields[name] : undefined;
  if (field === undefined) {
    throw new TypeError(
      `The index ${index.name} has no field ${name}: it has ${Object.keys(index.fields).sort().join(', ')}.`,
    );
  }
  if (!types.includes(field.type))
    throw new TypeError(
      `${name} of the index ${index.name} is ${field.type}; this needs ${types.join(' or ')}.`,
    );
  return field;
}
