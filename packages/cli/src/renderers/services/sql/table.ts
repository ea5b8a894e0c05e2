/** The SQL shape of entities: what the snapshot remembers, and what two generations are compared by. */
import { shortened, SQL_NAME_LENGTH } from '@hometrip/runtime/names';
import type { Entity, Field, FieldType, Service } from '../../../model/stack.ts';
import { emailLength, isBigInt, textLength, urlLength } from '../../../spec/values/field-limits.ts';

export interface Table {
  /** As in services.yaml: what tells that it is the same one when its table is named otherwise. */
  readonly entity: string;
  readonly name: string;
  /** The declared earlier name; in a snapshot: one that has been carried out. */
  readonly renamedFrom?: string | undefined;
  /** Without id, revision, created_at and updated_at, which every table has. */
  readonly columns: readonly Column[];
  /** Lists of columns. */
  readonly unique: readonly (readonly string[])[];
  /** Columns whose digest is in unique indexes, since their values need not fit there; undefined for none. */
  readonly hashed?: readonly string[] | undefined;
  /** Column of the owner: lists are filtered by it. */
  readonly owner: string | undefined;
  /** How its indexes are called; undefined in snapshots from before `unique`, when two tables could have one name for theirs. */
  readonly indexNames?: 'unique' | undefined;
}

export interface Column {
  readonly field: string;
  readonly name: string;
  readonly renamedFrom?: string | undefined;
  /** `varchar(120)`, `uuid[]` … */
  readonly type: string;
  readonly nullable: boolean;
  /** An SQL expression. */
  readonly default: string | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly values: readonly string[] | undefined;
  /** Table of the same database whose id it holds. */
  readonly references: string | undefined;
}

export function tableOf(entity: Entity, service: Service): Table {
  const tables = new Map(service.entities.map(({ name, names }) => [name, names.table]));
  const columnName = new Map(entity.fields.map(({ name, column }) => [name, column]));
  const columns = entity.fields.map((field) => columnOf(field, service.name, tables));
  const single = entity.fields.filter(({ unique }) => unique).map(({ column }) => [column]);
  const several = entity.unique.map((fields) => fields.map((field) => columnName.get(field) ?? field));
  const owner = entity.ownerField === undefined ? undefined : columnName.get(entity.ownerField);
  const unique = distinct([...single, ...several]);
  const hashed = tooLongToIndex(
    unique,
    new Map(entity.fields.map(({ column, type }) => [column, longestValue(type)])),
  );
  return {
    entity: entity.name,
    name: entity.names.table,
    renamedFrom: entity.renamedFrom,
    columns,
    unique,
    ...(hashed.length === 0 ? {} : { hashed }),
    owner,
    indexNames: 'unique',
  };
}

/** Bytes. A row of a B-tree index holds 2,704, its header and paddings included. */
const indexRow = 2_600;
/** An md5 in hexadecimal: hashing what is not longer saves nothing. */
const digestLength = 32;

/** Of groups that do not fit, the columns that make them so long. */
function tooLongToIndex(
  groups: readonly (readonly string[])[],
  bytes: ReadonlyMap<string, number>,
): readonly string[] {
  const size = (column: string): number => bytes.get(column) ?? 0;
  const long = groups.filter((group) => group.reduce((sum, column) => sum + size(column) + 8, 0) > indexRow);
  return [...new Set(long.flat())].filter((column) => size(column) > digestLength);
}

/** In bytes: a character has up to four, and one of JavaScript's up to three. */
function longestValue(type: FieldType): number {
  switch (type.kind) {
    case 'string':
      return 4 * type.maxLength;
    case 'text':
      return 4 * textLength;
    case 'url':
      return 3 * urlLength;
    case 'email':
      return emailLength;
    case 'enum':
      return Math.max(...type.values.map((value) => value.length));
    default:
      return 16;
  }
}

const distinct = (lists: readonly (readonly string[])[]): (readonly string[])[] => [
  ...new Map(lists.map((list) => [list.join(), list])).values(),
];

function columnOf(field: Field, service: string, tables: ReadonlyMap<string, string>): Column {
  const { type } = field;
  const local = type.kind === 'reference' && type.service === service && !field.list;
  const scalar = scalarType(type);
  // A list of JSON values is one JSON value.
  const sqlType = field.list && type.kind !== 'json' ? `${scalar}[]` : scalar;
  const ranged =
    type.kind === 'int' || type.kind === 'number'
      ? type
      : type.kind === 'money'
        ? { min: 0, max: undefined }
        : undefined;
  return {
    field: field.name,
    name: field.column,
    renamedFrom: field.renamedFrom,
    type: sqlType,
    nullable: field.optional,
    default:
      field.default === undefined || field.default === null ? undefined : sqlValue(field.default, sqlType),
    min: field.list ? undefined : ranged?.min,
    max: field.list ? undefined : ranged?.max,
    values: type.kind === 'enum' ? type.values : undefined,
    references: local ? tables.get(type.entity) : undefined,
  };
}

function scalarType(type: FieldType): string {
  switch (type.kind) {
    case 'string':
      return `varchar(${type.maxLength})`;
    case 'text':
    case 'email':
    case 'url':
    case 'enum':
      return 'text';
    case 'boolean':
    case 'uuid':
    case 'date':
      return type.kind;
    case 'user':
    case 'reference':
      return 'uuid';
    case 'datetime':
      return 'timestamptz(3)';
    case 'money':
      return 'bigint';
    case 'currency':
      return 'char(3)';
    case 'json':
      return 'jsonb';
    case 'int':
      return isBigInt(type) ? 'bigint' : 'integer';
    case 'number':
      return 'double precision';
  }
}

/** A literal on one line: a line of its own could read `-- down`, and files change their line ends on the way. */
export function sqlString(text: string): string {
  const quoted = text.replaceAll("'", "''");
  if (!/[\r\n]/.test(quoted)) return `'${quoted}'`;
  return `E'${quoted.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n')}'`;
}

function sqlValue(json: unknown, type: string): string {
  if (type === 'jsonb') return sqlString(JSON.stringify(json));
  if (Array.isArray(json))
    return json.length === 0
      ? "'{}'"
      : `array[${json.map((item) => sqlValue(item, '')).join(', ')}]::${type}`;
  return typeof json === 'string' ? sqlString(json) : String(json);
}

/** Key words that PostgreSQL does not take as a column's or table's name (its documentation, appendix C: "reserved"). */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
  deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order
  outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then
  to trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
);

export const identifier = (name: string): string =>
  reserved.has(name) || !/^[a-z_][a-z0-9_]*$/.test(name) ? `"${name}"` : name;

/** Name of a constraint of one table, which other tables may have too. */
export const constraintName = (...parts: readonly string[]): string =>
  identifier(shortened(parts.join('_'), SQL_NAME_LENGTH));

/**
 * Name of an index, of which there is one in a database: no table and no column has two underscores in a row, so that no
 * other parts join to the same name, and no table is called like it.
 */
export const indexName = (...parts: readonly string[]): string =>
  identifier(shortened(parts.join('__'), SQL_NAME_LENGTH));
