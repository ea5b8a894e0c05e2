import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { openDatabase, sqlState, type Database, type Db } from '../../database/index.ts';
import type { Clock } from '../../clock.ts';
import type { PortOptions } from '../../port.ts';
import {
  type AdapterResult,
  type FacetCount,
  type Generation,
  type IndexDefinition,
  InvalidPositionError,
  type Operation,
  type Outcome,
  type ResolvedQuery,
  type ResolvedSuggestion,
  type SearchAdapter,
  type Source,
} from '../port.ts';
import { type Language, languageOf, textColumn } from './columns.ts';
import { addColumns, createTables, lockTable, tableOf, wordsTable } from './schema.ts';
import { beyond, column, filterSql, type Fragment, keyOf, orderBy, valueColumn } from './select.ts';
import { type Term, termsOf } from './words.ts';
import { writeTo } from './write.ts';

type Row = { id: string; version: number; body: Source } & Record<string, string | number | boolean | null>;

const MOST = 10_000;
const COPY = 500;
const DAY_MS = 24 * 3_600_000;

/**
 * A table per index: tsvectors, arrays and cubes beside the document as jsonb. Writes are visible to searches at once.
 * Differences from Elasticsearch: relevance is ts_rank's (no statistics over all documents), English has a longer
 * list of ignored words, and a word with typing errors is looked for among the 200 most similar words that occur.
 * Replacing the index by another generation makes writers wait for moments, readers only for the swap of the names.
 */
class PostgresSearch implements SearchAdapter {
  readonly #database: Database;
  readonly #db: Db;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#db = database.db;
    this.#clock = clock;
  }

  async ensure(index: IndexDefinition): Promise<void> {
    await createTables(this.#db, tableOf(index), index);
    await addColumns(this.#db, tableOf(index), index);
  }

  write(index: IndexDefinition, operations: readonly Operation[]): Promise<readonly Outcome[]> {
    return writeTo(this.#db, tableOf(index), index, operations);
  }

  async get(index: IndexDefinition, id: string): Promise<{ version: number; source: Source } | undefined> {
    const { rows } = await sql<Row>`
      select version, body from ${column(tableOf(index))} where id = ${id} and deleted_at is null`.execute(
      this.#db,
    );
    return rows[0] === undefined ? undefined : { version: rows[0].version, source: rows[0].body };
  }

  async search(index: IndexDefinition, query: ResolvedQuery): Promise<AdapterResult> {
    const { conditions, relevance } = await this.#text(index, query);
    const where = this.#where(index, query.where, conditions);
    const [hits, counts] = await Promise.all([
      this.#hits(index, query, where, relevance),
      this.#counts(index, query, where),
    ]);
    return { hits, ...counts };
  }

  async suggest(index: IndexDefinition, query: ResolvedSuggestion): Promise<readonly string[]> {
    const { field, words, fuzzy, where, limit } = query;
    const terms = await termsOf(this.#db, tableOf(index), 'simple', words, { fuzzy, prefix: true });
    const conditions = terms.flatMap(({ loose }) =>
      loose === undefined ? [] : [sql`${column(`p_${field}`)} @@ ${loose}::tsquery`],
    );
    const { rows } = await sql<{ value: string }>`
      select body ->> ${sql.lit(field)} as value from ${column(tableOf(index))}
      where ${this.#where(index, where, conditions)}
      group by 1 order by count(*) desc, (body ->> ${sql.lit(field)}) collate "C" limit ${limit}`.execute(
      this.#db,
    );
    return rows.map(({ value }) => value);
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  async purge(index: IndexDefinition, olderThanMs: number): Promise<void> {
    await sql`
      delete from ${column(tableOf(index))}
      where deleted_at <= now() - make_interval(secs => ${olderThanMs / 1_000}::float8)`.execute(this.#db);
  }

  async build(index: IndexDefinition): Promise<Generation> {
    await this.#dropLeftovers(index);
    const next = `${tableOf(index)}_${this.#clock.now().toString(36).padStart(9, '0')}${randomBytes(2).toString('hex')}`;
    // What this snapshot does not see may be unseen by whoever fills the new one, too.
    const { rows } = await sql<{ since: string }>`select pg_current_snapshot()::text as since`.execute(
      this.#db,
    );
    await createTables(this.#db, next, index);
    return {
      write: (operations) => writeTo(this.#db, next, index, operations),
      activate: () => this.#activate(index, next, rows[0]?.since ?? '1:1:'),
      discard: () => drop(this.#db, next),
    };
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #text(
    index: IndexDefinition,
    { words, fields, fuzzy }: ResolvedQuery,
  ): Promise<{ conditions: readonly Fragment[]; relevance: Fragment }> {
    const languages = [...new Set(fields.map(({ name }) => languageOf(index.fields[name])))];
    const terms = new Map<Language, readonly Term[]>();
    for (const language of languages)
      terms.set(language, await termsOf(this.#db, tableOf(index), language, words, { fuzzy, prefix: false }));
    // A word that one of the languages ignores is ignored in all fields, or it would have to be in the others.
    const counted = words
      .map((_, at) => at)
      .filter((at) => languages.every((language) => terms.get(language)?.[at]?.exact !== undefined));
    const termFor = (name: string, at: number) => terms.get(languageOf(index.fields[name]))?.[at] as Term;
    const vector = (name: string) => column(textColumn(name, index.fields[name]));
    const conditions = counted.map((at) => {
      const anywhere = fields.map(({ name }) => sql`${vector(name)} @@ ${termFor(name, at).loose}::tsquery`);
      return sql`(${sql.join(anywhere, sql` or `)})`;
    });
    if (counted.length === 0) return { conditions, relevance: sql`0::float8` };
    const ranks = fields.flatMap(({ name, weight }) => {
      const any = (kind: keyof Term) => counted.map((at) => `(${termFor(name, at)[kind]})`).join(' | ');
      const rank = (query: string) =>
        sql`coalesce(ts_rank(${vector(name)}, ${query}::tsquery, 1), 0)::float8`;
      // Most of a query's time is ranking: once where once is enough.
      const ranked = fuzzy ? sql`(3 * ${rank(any('exact'))} + ${rank(any('loose'))})` : rank(any('exact'));
      return [sql`${weight}::float8 * ${ranked}`];
    });
    return { conditions, relevance: sql`(${sql.join(ranks, sql` + `)})` };
  }

  #where(index: IndexDefinition, filters: ResolvedQuery['where'], conditions: readonly Fragment[]): Fragment {
    const all = [
      sql`deleted_at is null`,
      ...filters.map((filter) => filterSql(index, filter)),
      ...conditions,
    ];
    return sql.join(all, sql` and `);
  }

  async #hits(
    index: IndexDefinition,
    { sort, after, limit, offset }: ResolvedQuery,
    where: Fragment,
    relevance: Fragment,
  ): Promise<AdapterResult['hits']> {
    if (limit === 0) return [];
    const keys = sort.map((one) => keyOf(index, one, relevance));
    const positions = keys.map(({ value }, at) => sql`, ${value} as ${sql.raw(`p${at}`)}`);
    const rest = after === undefined ? sql`` : sql`and ${beyond(keys, after)}`;
    const query = sql<Row>`
      select id, version, body ${sql.join(positions, sql``)} from ${column(tableOf(index))} where ${where} ${rest}
      order by ${orderBy(keys)} limit ${limit} offset ${offset}`;
    const { rows } = await query.execute(this.#db).catch((error: unknown) => {
      // A value of the position does not fit the type of its key.
      if (after !== undefined && sqlState(error)?.startsWith('22') === true)
        throw new InvalidPositionError('The position does not fit the sort.', { cause: error });
      throw error;
    });
    return rows.map(({ id, version, body, ...row }) => ({
      id,
      version,
      source: body,
      position: [...keys.map((_, at) => row[`p${at}`] ?? null), id],
    }));
  }

  async #counts(
    index: IndexDefinition,
    { facets }: ResolvedQuery,
    where: Fragment,
  ): Promise<Pick<AdapterResult, 'total' | 'facets'>> {
    const table = column(tableOf(index));
    if (facets.length === 0) {
      const { rows } = await sql<{ total: number }>`
        select count(*) as total from (select from ${table} where ${where} limit ${MOST}) matched`.execute(
        this.#db,
      );
      return { total: rows[0]?.total ?? 0, facets: {} };
    }
    const isList = (field: string) => index.fields[field]?.type === 'keyword';
    const columns = [...new Set(facets.map(({ field }) => field))].map((field) => valueColumn(index, field));
    const counts = facets.map(({ field, limit }, at) => {
      const value = isList(field)
        ? sql`unnest(${valueColumn(index, field)})`
        : sql`${valueColumn(index, field)}::text`;
      return sql`(
        select ${sql.lit(at)} as facet, value collate "C" as value, count(*) as count
        from (select ${value} as value from matched) v where value is not null
        group by value order by count desc, value collate "C" limit ${limit})`;
    });
    const { rows } = await sql<{ facet: number; value: string; count: number }>`
      with matched as materialized (select ${sql.join(columns)} from ${table} where ${where})
      select -1 as facet, '' as value, least(count(*), ${MOST}) as count from matched
      union all ${sql.join(counts, sql` union all `)}`.execute(this.#db);
    return {
      total: rows.find(({ facet }) => facet === -1)?.count ?? 0,
      facets: Object.fromEntries(
        facets.map(({ field }, at): [string, FacetCount[]] => [
          field,
          rows
            .filter(({ facet }) => facet === at)
            .map(({ value, count }) => ({ value: isList(field) ? value : value === 'true', count })),
        ]),
      ),
    };
  }

  async #activate(index: IndexDefinition, next: string, since: string): Promise<void> {
    const table = tableOf(index);
    await this.#database.transaction(async (tx) => {
      await lockTable(tx, table);
      const { rows: first } = await sql`
        select from pg_catalog.pg_class where relname = ${table} and relnamespace = current_schema()::regnamespace`.execute(
        tx,
      );
      if (first.length > 0) {
        // Writers wait from here on, and then find the new table behind the name; readers go on.
        await sql`lock table ${column(table)} in share row exclusive mode`.execute(tx);
        for (let after = ''; ; ) {
          const { rows } = await sql<Row>`
            select id, version, body from ${column(table)}
            where written >= pg_snapshot_xmin(${since}::pg_snapshot)
              and not pg_visible_in_snapshot(written, ${since}::pg_snapshot) and id > ${after} order by id limit ${COPY}`.execute(
            tx,
          );
          const last = rows.at(-1);
          if (last === undefined) break;
          await writeTo(
            tx,
            next,
            index,
            rows.map(({ id, version, body }) => ({ id, version, source: body })),
          );
          after = last.id;
        }
        await drop(tx, table);
      }
      await sql`alter table ${column(next)} rename to ${column(table)}`.execute(tx);
      await sql`alter table ${column(wordsTable(next))} rename to ${column(wordsTable(table))}`.execute(tx);
    });
  }

  /** What a build left that was killed: the time of its beginning is in the name. */
  async #dropLeftovers(index: IndexDefinition): Promise<void> {
    const pattern = `^${tableOf(index)}_[0-9a-z]{9}[0-9a-f]{4}$`;
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_catalog.pg_class
      where relkind = 'r' and relname ~ ${pattern} and relnamespace = current_schema()::regnamespace`.execute(
      this.#db,
    );
    for (const { name } of rows) {
      const began = Number.parseInt(name.slice(tableOf(index).length + 1, -4), 36);
      if (began < this.#clock.now() - DAY_MS) await drop(this.#db, name);
    }
  }
}

async function drop(db: Db, table: string): Promise<void> {
  await sql`drop table if exists ${column(table)}, ${column(wordsTable(table))}`.execute(db);
}

export async function openPostgresSearch(url: URL, options: PortOptions): Promise<SearchAdapter> {
  return new PostgresSearch(await openDatabase(url, options), options.clock);
}
