/**
 * Which stored rows a statement of a migration refuses. Asked in the transaction of the migration, after the statement was taken
 * back: the rows are as the statement found them. A question that fails is no answer.
 */
import pg from 'pg';
import type { RowsInTheWay } from './error.ts';
import type { Statement } from './statements.ts';

/** Rows that are shown. */
const SHOWN = 5;
/** For a question, in milliseconds: the migration has failed anyway. */
const PATIENCE_MS = 20_000;

/** A condition that holds for the rows in the way, and what to show of them. */
interface Finding {
  readonly where: string;
  readonly columns: readonly string[];
  /** @param id The `where` of one of the rows. */
  example(table: string, id: string): string;
}

/** In an open transaction. @returns undefined when the error is about something else. */
export async function rowsInTheWay(
  client: pg.Client,
  { sql }: Statement,
  error: pg.DatabaseError,
): Promise<RowsInTheWay | undefined> {
  try {
    await client.query(`savepoint hometrip_question; set local statement_timeout = ${PATIENCE_MS}`);
    const table = await tableOf(client, sql, error);
    if (table === undefined) return undefined;
    const finding = await find(client, sql, table, error);
    return finding === undefined ? undefined : await rowsOf(client, table, finding);
  } catch {
    return undefined;
  } finally {
    // It may have made a constraint to ask about it.
    await client.query('rollback to savepoint hometrip_question').catch(() => undefined);
  }
}

function find(
  client: pg.Client,
  sql: string,
  table: string,
  error: pg.DatabaseError,
): Promise<Finding | undefined> {
  switch (error.code) {
    case '23514':
      return brokenCheck(client, sql, table, error.constraint ?? '');
    case '23503':
      return brokenReference(client, sql, table, error.constraint ?? '');
    case '23505':
      return duplicates(client, sql, error.constraint ?? '');
    case '23502':
      return missingValues(client, table, error.column ?? '');
    default:
      return Promise.resolve(error.code?.startsWith('22') === true ? wrongType(sql) : undefined);
  }
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|\w+)`;
const ALTERED = new RegExp(String.raw`^\s*alter\s+table\s+(?:only\s+)?(${NAME}(?:\.${NAME})?)`, 'i');

async function tableOf(
  client: pg.Client,
  sql: string,
  { schema, table }: pg.DatabaseError,
): Promise<string | undefined> {
  if (table === undefined) return ALTERED.exec(sql)?.[1];
  const names = schema === undefined || schema === 'public' ? [table] : [schema, table];
  return (await Promise.all(names.map((name) => identifier(client, name)))).join('.');
}

/** As one would write it: the server knows which names need quotes. */
async function identifier(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select quote_ident($1) as name', [name]);
  return rows[0]?.name ?? pg.escapeIdentifier(name);
}

interface Constraint {
  readonly columns: readonly string[];
  readonly expression: string | null;
  readonly target: string | null;
  readonly targets: readonly string[] | null;
}

/** Adds the constraint without asking the rows, and lets the server say what it means. */
async function constraintOf(
  client: pg.Client,
  sql: string,
  table: string,
  name: string,
): Promise<Constraint | undefined> {
  await client.query(`${sql} not valid`);
  const names = (of: string, keys: string) =>
    `(select array_agg(quote_ident(attname) order by array_position(${keys}, attnum)) from pg_attribute where attrelid = ${of} and attnum = any(${keys}))`;
  const { rows } = await client.query<Constraint>(
    `select ${names('conrelid', 'conkey')}::text[] as columns, pg_get_expr(conbin, conrelid) as expression,
       nullif(confrelid, 0)::regclass::text as target, ${names('confrelid', 'confkey')}::text[] as targets
     from pg_constraint where conrelid = $1::regclass and conname = $2`,
    [table, name],
  );
  return rows[0];
}

async function brokenCheck(
  client: pg.Client,
  sql: string,
  table: string,
  name: string,
): Promise<Finding | undefined> {
  const found = await constraintOf(client, sql, table, name);
  if (found === undefined || found.expression === null) return undefined;
  const { columns } = found;
  const written = /\bcheck\s*\(([\s\S]*)\)\s*$/i.exec(sql)?.[1] ?? found.expression;
  const [column = ''] = columns;
  return {
    where: `not (${written})`,
    columns,
    example: (table) =>
      `update ${table} set ${column} = ${allowedBy(written, column)} where not (${written});`,
  };
}

/** A value that a check of the usual forms lets through. */
function allowedBy(check: string, column: string): string {
  const first = /^\S+ in \(('(?:[^']|'')*')/i.exec(check)?.[1];
  if (first !== undefined) return first;
  const [, low, high] = /^\S+ between (\S+) and (\S+)$/i.exec(check) ?? [];
  if (low !== undefined) return `greatest(${low}, least(${high}, ${column}))`;
  return /^\S+ [<>]= (\S+)$/.exec(check)?.[1] ?? '…';
}

async function brokenReference(
  client: pg.Client,
  sql: string,
  table: string,
  name: string,
): Promise<Finding | undefined> {
  const found = await constraintOf(client, sql, table, name);
  const { target, targets, columns } = found ?? {};
  if (columns === undefined || target === null || target === undefined || targets === null) return undefined;
  const same = columns.map((column, index) => `target.${targets?.[index] ?? ''} = ${table}.${column}`);
  return {
    where: `${columns.map((column) => `${column} is not null`).join(' and ')} and not exists (select from ${target} target where ${same.join(' and ')})`,
    columns,
    example: (of, id) => `delete from ${of} where ${id};`,
  };
}

/** The columns or expressions of an index, and which rows it counts. */
async function duplicates(client: pg.Client, sql: string, name: string): Promise<Finding | undefined> {
  // The same index without `unique` can be made.
  if (/^\s*create\s+unique\s+index/i.test(sql)) await client.query(sql.replace(/unique/i, ''));
  const { rows } = await client.query<{ keys: string[]; predicate: string | null; table: string }>(
    `select array(select pg_get_indexdef(indexrelid, k, true) from generate_series(1, indnkeyatts) k) as keys,
       pg_get_expr(indpred, indrelid) as predicate, indrelid::regclass::text as table
     from pg_index where indexrelid = to_regclass(quote_ident($1))`,
    [name],
  );
  const [index] = rows;
  if (index === undefined) return undefined;
  const { keys, predicate, table } = index;
  const counted = [
    ...keys.map((key) => `${key} is not null`),
    ...(predicate === null ? [] : [`(${predicate})`]),
  ].join(' and ');
  const list = keys.join(', ');
  return {
    where: `${counted} and (${list}) in (select ${list} from ${table} where ${counted} group by ${list} having count(*) > 1)`,
    columns: keys,
    example: (of, id) => `update ${of} set ${keys.at(-1) ?? ''} = … where ${id};`,
  };
}

async function missingValues(client: pg.Client, table: string, name: string): Promise<Finding | undefined> {
  const column = await identifier(client, name);
  const { rows } = await client.query(
    'select from pg_attribute where attrelid = $1::regclass and attname = $2 and not attisdropped',
    [table, name],
  );
  // A new column has no value anywhere.
  if (rows.length === 0) return undefined;
  return {
    where: `${column} is null`,
    columns: [],
    example: (of) => `update ${of} set ${column} = … where ${column} is null;`,
  };
}

const RETYPED = new RegExp(
  String.raw`^${ALTERED.source.slice(1)}\s+alter\s+(?:column\s+)?(${NAME})\s+(?:set\s+data\s+)?type\s+([\s\S]+?)(?:\s+using\s[\s\S]*)?$`,
  'i',
);

function wrongType(sql: string): Finding | undefined {
  const [, , column, type] = RETYPED.exec(sql) ?? [];
  if (column === undefined || type === undefined) return undefined;
  return {
    where: `${column} is not null and not pg_input_is_valid(${column}::text, ${pg.escapeLiteral(type.trim())})`,
    columns: [column],
    example: (of, id) => `update ${of} set ${column} = … where ${id};`,
  };
}

async function rowsOf(
  client: pg.Client,
  table: string,
  { where, columns, example }: Finding,
): Promise<RowsInTheWay | undefined> {
  const counted = await client.query<{ count: string }>(`select count(*) from ${table} where ${where}`);
  const count = Number(counted.rows[0]?.count ?? 0);
  if (count === 0) return undefined;
  const known = await client.query(
    `select from pg_attribute where attrelid = $1::regclass and attname = 'id' and not attisdropped`,
    [table],
  );
  const key = known.rows.length > 0 ? 'id' : 'ctid';
  const values = columns.map((column) => `(${column})::text`).join(', ');
  const { rows } = await client.query<{ key: string; values: (string | null)[] }>(
    `select ${key}::text as key, array[${values}]::text[] as values from ${table} where ${where}
     order by ${[...columns, key].join(', ')} limit ${SHOWN}`,
  );
  const some = rows.map((row) =>
    [
      `${key} ${row.key}`,
      ...(columns.length === 0
        ? []
        : [columns.map((column, at) => `${column} = ${shown(row.values[at])}`).join(', ')]),
    ].join(': '),
  );
  const last = rows.at(Math.min(1, rows.length - 1));
  return { table, count, some, example: example(table, `${key} = ${pg.escapeLiteral(last?.key ?? '')}`) };
}

/** On one line, and short: it may be a text of any length. */
function shown(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
