import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { IndexDefinition, Operation, Outcome } from '../port.ts';
import { allColumns, type Column, languageOf, recordOf, textColumn } from './columns.ts';
import { wordsTable } from './schema.ts';

/** One statement for the documents, then one for their words. */
export async function writeTo(
  db: Db,
  table: string,
  index: IndexDefinition,
  operations: readonly Operation[],
): Promise<readonly Outcome[]> {
  // In one order everywhere, so that two writers of the same documents wait for each other and never in a circle.
  const sorted = [...operations].sort((a, b) => (a.id < b.id ? -1 : 1));
  const columns = allColumns(index);
  const json = JSON.stringify(sorted.map((operation) => recordOf(index, operation)));
  const records = sql`jsonb_to_recordset(${json}::jsonb) as r(
    id text, version bigint, body jsonb${sql.raw(columns.map(({ name, recordType }) => `, "${name}" ${recordType}`).join(''))})`;
  const names = columns.map(({ name }) => name);
  const { rows } = await sql<{ id: string }>`
    insert into ${sql.raw(`"${table}"`)} as t (id, version, written, body, deleted_at${sql.raw(quoted(names))})
    select r.id, r.version, pg_current_xact_id(), nullif(r.body, 'null'::jsonb),
      case when nullif(r.body, 'null'::jsonb) is null then now() end
      ${sql.raw(columns.map(({ expression }) => `, ${expression}`).join(''))}
    from ${records}
    on conflict (id) do update set version = excluded.version, written = excluded.written, body = excluded.body,
      deleted_at = excluded.deleted_at${sql.raw(names.map((name) => `, "${name}" = excluded."${name}"`).join(''))}
    where t.version < excluded.version
    returning id`.execute(db);
  await writeWords(db, table, index, columns, records);
  const applied = new Set(rows.map(({ id }) => id));
  return operations.map(({ id }) => (applied.has(id) ? 'applied' : 'stale'));
}

const quoted = (names: readonly string[]): string => names.map((name) => `, "${name}"`).join('');

/**
 * Also those of stale documents: then the caller repeats what was interrupted before this. Words stay when their documents
 * go; they only cost room until the next reindex.
 */
async function writeWords(
  db: Db,
  table: string,
  { fields }: IndexDefinition,
  columns: readonly Column[],
  records: ReturnType<typeof sql>,
): Promise<void> {
  const sources = Object.entries(fields).flatMap(([name, field]) => {
    if (field.type !== 'text') return [];
    const own = { column: textColumn(name, field), language: languageOf(field) };
    return field.suggest === true ? [own, { column: `p_${name}`, language: 'simple' }] : [own];
  });
  if (sources.length === 0) return;
  const parts = sources.map(({ column, language }) => {
    const { expression } = columns.find(({ name }) => name === column) as Column;
    return sql`select ${sql.lit(language)} as language, unnest(tsvector_to_array(${sql.raw(expression)})) as word from r`;
  });
  await sql`
    with r as (select * from ${records})
    insert into ${sql.raw(`"${wordsTable(table)}"`)} (language, word)
    select distinct language, word collate "C" from (${sql.join(parts, sql` union all `)}) words order by 1, 2
    on conflict do nothing`.execute(db);
}
