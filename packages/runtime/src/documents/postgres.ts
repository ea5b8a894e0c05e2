import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { ensureSchema, openDatabase, sqlState, type Database, type Db } from '../database/index.ts';
import type { MessageStore } from '../events/message-store.ts';
import type { AnswerStore } from '../idempotency/port.ts';
import { shortened, SQL_NAME_LENGTH } from '../names.ts';
import type { PortOptions } from '../port.ts';
import { beyond, condition, digest, indexed, ordered } from './postgres-keys.ts';
import {
  DuplicateError,
  type CollectionDefinition,
  type Document,
  type DocumentAdapter,
  type DocumentTx,
  type Find,
} from './port.ts';

type Row = { id: string; revision: number; body: Record<string, unknown> };

/**
 * A table per collection: id, revision, and everything else as jsonb, so filters, sorts and indexes need no schema; a JSON
 * null counts as absent. jsonb would compare texts by the database's collation, and an index holds no more than 2.7 kB: so
 * a field is compared as what postgres-keys.ts makes of it.
 */
class PostgresDocuments implements DocumentAdapter {
  readonly messages: MessageStore;
  readonly answers: AnswerStore;
  readonly #database: Database;
  /** Apart, since all connections may be those of transactions that wait for a collection to be made. */
  readonly #schema: Database;
  /** Unique indexes by name, to tell which fields a violation is about. */
  readonly #unique = new Map<string, readonly string[]>();

  constructor(database: Database, schema: Database) {
    this.#database = database;
    this.#schema = schema;
    this.messages = database.messages;
    this.answers = database.answers;
  }

  async ensureCollection({ name, unique, indexes, renamedFrom }: CollectionDefinition): Promise<void> {
    const { db } = this.#schema;
    if (renamedFrom?.collection !== undefined) await renameTable(db, renamedFrom.collection, name);
    const primaryKey = shortened(`${name}_pkey`, SQL_NAME_LENGTH);
    this.#unique.set(primaryKey, ['id']);
    await ensureSchema(db, name, [
      `create table "${name}" (id text collate "C" constraint "${primaryKey}" primary key, revision integer not null, body jsonb not null)`,
    ]);
    for (const [to, from] of Object.entries(renamedFrom?.fields ?? {})) await renameField(db, name, from, to);
    for (const fields of unique) {
      const index = indexName(name, 'once', fields);
      this.#unique.set(index, fields);
      await ensureSchema(db, index, [
        `drop index if exists "${indexName(name, 'unique', fields)}"`,
        `create unique index "${index}" on "${name}" (${fields.map(digest).join(', ')})`,
      ]);
    }
    for (const fields of indexes) {
      const index = indexName(name, 'order', fields);
      await ensureSchema(db, index, [
        `drop index if exists "${indexName(name, 'index', fields)}"`,
        `create index "${index}" on "${name}" (${[...fields.flatMap(indexed), 'id'].join(', ')})`,
      ]);
    }
  }

  async insert(collection: string, { id, revision, ...body }: Document, tx?: DocumentTx): Promise<void> {
    const insert = sql`insert into ${sql.table(collection)} (id, revision, body) values (${id}, ${revision}, ${json(body)})`;
    await this.#distinct(() => insert.execute(this.#on(tx)));
  }

  async get(collection: string, id: string, tx?: DocumentTx): Promise<Document | undefined> {
    const query = sql<Row>`select id, revision, body from ${sql.table(collection)} where id = ${id}`;
    return document((await query.execute(this.#on(tx))).rows[0]);
  }

  async find(
    collection: string,
    { where, sort, after, limit }: Find,
    tx?: DocumentTx,
  ): Promise<readonly Document[]> {
    const conditions = where.map(condition);
    if (after !== undefined) conditions.push(beyond(sort, after));
    const query = sql<Row>`
      select id, revision, body from ${sql.table(collection)}
      ${conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`}
      order by ${ordered(sort)} limit ${limit}`;
    return (await query.execute(this.#on(tx))).rows.map((row) => document(row) as Document);
  }

  async update(
    collection: string,
    id: string,
    set: Readonly<Record<string, unknown>>,
    revision: number | undefined,
    tx?: DocumentTx,
  ): Promise<Document | undefined> {
    const query = sql<Row>`
      update ${sql.table(collection)} set revision = revision + 1, body = body || ${json(set)}
      where id = ${id} ${same(revision)} returning id, revision, body`;
    const { rows } = await this.#distinct(() => query.execute(this.#on(tx)));
    return document(rows[0]);
  }

  async delete(
    collection: string,
    id: string,
    revision: number | undefined,
    tx?: DocumentTx,
  ): Promise<boolean> {
    const query = sql`delete from ${sql.table(collection)} where id = ${id} ${same(revision)}`;
    return (await query.execute(this.#on(tx))).numAffectedRows === 1n;
  }

  transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    await Promise.all([this.#database.close(), this.#schema.close()]);
  }

  #on(tx: DocumentTx | undefined): Db {
    return (tx as Db | undefined) ?? this.#database.db;
  }

  async #distinct<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (sqlState(error) !== '23505') throw error;
      const { constraint } = error as { constraint?: string };
      throw new DuplicateError(this.#unique.get(constraint ?? '') ?? [], { cause: error });
    }
  }
}

/** Nothing happens when there is a table of the new name, or none of the earlier one. Its indexes are called after it: they are made anew. */
async function renameTable(db: Db, from: string, to: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`hometrip:${to}`}, 0))`.execute(tx);
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_catalog.pg_class
      where relname in (${from}, ${to}) and relkind = 'r' and relnamespace = current_schema()::regnamespace`.execute(
      tx,
    );
    if (rows.length !== 1 || rows[0]?.name !== from) return;
    const indexes = await sql<{ name: string }>`
      select indexname as name from pg_indexes
      where schemaname = current_schema() and tablename = ${from} and indexname <> ${`${from}_pkey`}`.execute(
      tx,
    );
    for (const { name } of indexes.rows) await sql`drop index ${sql.id(name)}`.execute(tx);
    await sql`alter table ${sql.id(from)} rename to ${sql.id(to)}`.execute(tx);
    await sql`alter table ${sql.id(to)} rename constraint ${sql.id(`${from}_pkey`)} to ${sql.id(`${to}_pkey`)}`.execute(
      tx,
    );
  });
}

async function renameField(db: Db, table: string, from: string, to: string): Promise<void> {
  await sql`
    update ${sql.id(table)} set body = (body - ${from}::text) || jsonb_build_object(${to}::text, body -> ${from}::text)
    where body ? ${from} and not body ? ${to}`.execute(db);
}

export async function openPostgresDocuments(url: URL, options: PortOptions): Promise<DocumentAdapter> {
  return new PostgresDocuments(
    await openDatabase(url, options),
    await openDatabase(url, { ...options, max: 1 }),
  );
}

const json = (data: unknown): RawBuilder<unknown> => sql`${JSON.stringify(data)}::jsonb`;
const same = (revision: number | undefined): RawBuilder<unknown> =>
  revision === undefined ? sql`` : sql`and revision = ${revision}`;

function document(row: Row | undefined): Document | undefined {
  return row === undefined ? undefined : ({ ...row.body, id: row.id, revision: row.revision } as Document);
}

/** PostgreSQL cuts names at 63 bytes, so fields are hashed. */
function indexName(collection: string, kind: string, fields: readonly string[]): string {
  const hash = createHash('sha256').update(fields.join(',')).digest('hex').slice(0, 12);
  return shortened(`${collection}_${kind}_${hash}`, SQL_NAME_LENGTH);
}
