/**
 * How a field of a jsonb body is compared and indexed. Texts go by their code points, which is MongoDB's order too, and
 * whatever a client writes fits into an index: a row of one holds 2,704 bytes at most.
 */
import { sql, type RawBuilder } from 'kysely';
import type { Condition, Find, Scalar } from './port.ts';

/** Characters of a text that an index holds; those that begin alike are sorted when they are read. */
const HEAD = 200;

/** Fields are validated names. They are literals here, since an index serves only the very expression that it is made of. */
const at = (field: string): string => `body -> '${field}'`;

/** The value, with a mere stand-in for texts, lists and objects; SQL null for null and for what is absent. */
const kind = (field: string): string =>
  `(case jsonb_typeof(${at(field)}) when 'string' then '""' when 'array' then '[]' when 'object' then '{}'
    when 'null' then null else ${at(field)} end)`;

/** Empty for what is no text. */
const text = (field: string): string =>
  `(case when jsonb_typeof(${at(field)}) = 'string' then body ->> '${field}' else '' end) collate "C"`;
const head = (field: string): string => `(left(${text(field)}, ${HEAD}))`;

const isColumn = (field: string): boolean => field === 'id' || field === 'revision';

/** Together they sort documents; the id comes after them. */
const keysOf = (field: string): readonly string[] =>
  field === 'id' ? [] : isColumn(field) ? [field] : [kind(field), head(field), text(field)];

/** What of it an index holds. */
export const indexed = (field: string): readonly string[] => keysOf(field).slice(0, 2);

/** Equal for equal texts, numbers and booleans; null, which is equal to nothing, for everything else. */
export const digest = (field: string): string =>
  isColumn(field)
    ? field
    : `(case when jsonb_typeof(${at(field)}) in ('string', 'number', 'boolean') then md5((${at(field)})::text) end)`;

/** Nulls last ascending, first descending. */
export function ordered({ field, descending }: Find['sort']): RawBuilder<unknown> {
  const direction = descending ? 'desc nulls first' : 'asc nulls last';
  return sql.raw([...keysOf(field), 'id'].map((key) => `${key} ${direction}`).join(', '));
}

/** What sorts after a position. */
export function beyond(
  { field, descending }: Find['sort'],
  { value, id }: NonNullable<Find['after']>,
): RawBuilder<unknown> {
  const operator = sql.raw(descending ? '<' : '>');
  if (field === 'id') return sql`id ${operator} ${id}`;
  const missing = sql`${sql.raw(keysOf(field)[0] ?? '')} is null`;
  if (value === null)
    return descending ? sql`(not (${missing}) or id < ${id})` : sql`(${missing} and id > ${id})`;
  const further = sql`(${sql.raw(keysOf(field).join(', '))}, id) ${operator} (${sql.join(parts(field, value))}, ${id})`;
  return descending ? further : sql`(${further} or ${missing})`;
}

const OPERATORS = { equal: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

export function condition({ field, operator, value }: Condition): RawBuilder<unknown> {
  if (operator === 'in') {
    const any = (value as readonly Scalar[]).map((item) => compared(field, '=', item));
    return any.length === 0 ? sql`false` : sql`(${sql.join(any, sql` or `)})`;
  }
  const wanted = value as Scalar | null;
  if (operator === 'has') return sql`${sql.raw(at(field))} @> ${JSON.stringify(wanted)}::jsonb`;
  if (wanted === null) return sql`${sql.raw(isColumn(field) ? field : kind(field))} is null`;
  return compared(field, OPERATORS[operator], wanted);
}

/** Among values of one type only. */
function compared(field: string, operator: string, value: Scalar): RawBuilder<unknown> {
  if (isColumn(field)) return sql`${sql.raw(field)} ${sql.raw(operator)} ${value}`;
  const keys = sql`(${sql.raw(keysOf(field).join(', '))}) ${sql.raw(operator)} (${sql.join(parts(field, value))})`;
  return operator === '=' ? keys : sql`(${keys} and jsonb_typeof(${sql.raw(at(field))}) = ${typeof value})`;
}

/** The keys of a value. */
function parts(field: string, value: Scalar): readonly RawBuilder<unknown>[] {
  if (isColumn(field)) return [sql`${value}`];
  return typeof value === 'string'
    ? [sql`'""'::jsonb`, sql`left(${value}, ${sql.lit(HEAD)})`, sql`${value}`]
    : [sql`${JSON.stringify(value)}::jsonb`, sql`''`, sql`''`];
}
