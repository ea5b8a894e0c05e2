import { sql } from 'kysely';
import { ensureSchema, type Db } from '../../database/index.ts';
import { IndexMismatchError, type FieldDefinition, type IndexDefinition } from '../port.ts';
import { allColumns, columnsOf, type Column } from './columns.ts';

/** Both are owned by the service's own database, so that its name need not be in them. */
export const tableOf = ({ name }: IndexDefinition): string => `search_${name}`;
/** The words that occur in a table, so that typing errors find the words they may stand for. */
export const wordsTable = (table: string): string => `${table}_w`;

const EXTENSIONS = ['cube', 'pg_trgm', 'unaccent'];

/** The table's name is also the name of a lock: who holds it may change what stands behind the name. */
export const lockTable = (tx: Db, table: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`hometrip:${wordsTable(table)}`}, 0))`.execute(tx);

export async function createTables(db: Db, table: string, index: IndexDefinition): Promise<void> {
  await createExtensions(db);
  const columns = allColumns(index);
  await ensureSchema(db, wordsTable(table), [
    // `written`: by which transaction, so that a reindex knows what came after it began.
    `create table "${table}" (
      id text collate "C" primary key, version bigint not null, deleted_at timestamptz,
      written xid8 not null, body jsonb${columns.map(({ name, type }) => `, "${name}" ${type}`).join('')})`,
    `create index on "${table}" (deleted_at) where deleted_at is not null`,
    ...columns.flatMap((column) => indexOn(table, column)),
    `create table "${wordsTable(table)}" (
      language text collate "C", word text collate "C", primary key (language, word))`,
  ]);
}

/** Adds the columns of fields that are new. */
export async function addColumns(db: Db, table: string, index: IndexDefinition): Promise<void> {
  if (missing(await existing(db, table), index).length === 0) return;
  await db.transaction().execute(async (tx) => {
    await lockTable(tx, table);
    for (const column of missing(await existing(tx, table), index)) {
      await sql.raw(`alter table "${table}" add column "${column.name}" ${column.type}`).execute(tx);
      for (const statement of indexOn(table, column)) await sql.raw(statement).execute(tx);
    }
  });
}

function missing(there: ReadonlySet<string>, index: IndexDefinition): readonly Column[] {
  return Object.entries(index.fields).flatMap(([name, field]) => {
    const columns = columnsOf(name, field);
    const wanted = new Set(columns.map((column) => column.name));
    const other = KINDS.flatMap((kind) => columnsOf(name, kind)).find(
      (column) => there.has(column.name) && !wanted.has(column.name) && !column.name.startsWith('p_'),
    );
    if (other !== undefined) throw new IndexMismatchError(index.name, `${name} was of another type`);
    return columns.filter((column) => !there.has(column.name));
  });
}

const KINDS: readonly FieldDefinition[] = [
  { type: 'text' },
  { type: 'text', language: 'english' },
  { type: 'keyword' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'date' },
  { type: 'geo' },
];

async function existing(db: Db, table: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select attname as name from pg_catalog.pg_attribute join pg_catalog.pg_class c on c.oid = attrelid
    where c.relname = ${table} and c.relnamespace = current_schema()::regnamespace and attnum > 0 and not attisdropped`.execute(
    db,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Usually they are there; a role that may not create them is told by PostgreSQL which one is missing. */
async function createExtensions(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`select extname as name from pg_catalog.pg_extension`.execute(
    db,
  );
  const absent = EXTENSIONS.filter((extension) => !rows.some(({ name }) => name === extension));
  if (absent.length === 0) return;
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('hometrip:search-extensions', 0))`.execute(tx);
    for (const extension of absent) await sql.raw(`create extension if not exists ${extension}`).execute(tx);
  });
}

const indexOn = (table: string, { name, using }: Column): readonly string[] =>
  using === undefined ? [] : [`create index on "${table}" using ${using} ("${name}")`];
