import { createHash } from 'node:crypto';
import type { Collection, Db, IndexDescription, UpdateFilter } from 'mongodb';
import type { MessageStore } from '../../events/message-store.ts';
import type { AnswerStore } from '../../idempotency/port.ts';
import type { PortOptions } from '../../port.ts';
import type {
  CollectionDefinition,
  Document,
  DocumentAdapter,
  DocumentTx,
  EarlierNames,
  Find,
} from '../port.ts';
import { MongoAnswerStore } from './answer-store.ts';
import { fromStored, plain, toStored, type Stored } from './codec.ts';
import { Connection } from './connection.ts';
import { translated } from './failures.ts';
import { MongoMessageStore, type Runner, type Within } from './message-store.ts';
import { column, parts, SCALARS } from './query.ts';
import { runTransaction, type Transaction } from './transaction.ts';

/**
 * A collection per collection; documents as they are, with `id` as `_id`. Differences from PostgreSQL's adapter:
 * comparisons see only values of the same type (PostgreSQL orders all types after each other), so a field to sort by
 * holds one type or null; a document whose sort field turns from a value to null, or back, while a page is read may be
 * missing from that page.
 */
class MongoDocuments implements DocumentAdapter {
  readonly messages: MessageStore;
  readonly answers: AnswerStore;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    const runner: Runner = {
      run: (tx, call) => this.#run(tx, call),
      transaction: (work) => this.transaction(work),
    };
    this.messages = new MongoMessageStore(runner);
    this.answers = new MongoAnswerStore(runner);
  }

  async ensureCollection({ name, unique, indexes, renamedFrom }: CollectionDefinition): Promise<void> {
    if (renamedFrom !== undefined) await this.#run(undefined, (db) => rename(db, name, renamedFrom));
    const wanted = [
      ...unique.map((fields) => uniqueIndex(name, fields)),
      ...indexes.map((fields) => plainIndex(name, fields)),
    ];
    // The server makes each index once, however many ask; a transaction needs the collection to be there.
    await this.#run(undefined, async (db) => {
      if (wanted.length > 0) await db.collection(name).createIndexes(wanted);
    });
  }

  async insert(collection: string, document: Document, tx?: DocumentTx): Promise<void> {
    await this.#on(tx, collection, (stored, within) => stored.insertOne(toStored(document), within));
  }

  async get(collection: string, id: string, tx?: DocumentTx): Promise<Document | undefined> {
    const found = await this.#on(tx, collection, (stored, within) => stored.findOne({ _id: id }, within));
    return found === null ? undefined : fromStored(found);
  }

  async find(collection: string, query: Find, tx?: DocumentTx): Promise<readonly Document[]> {
    const found = new Map<string, Stored>();
    for (const { filter, sort } of parts(query)) {
      const limit = query.limit - found.size;
      if (limit <= 0) break;
      const read = await this.#on(tx, collection, (stored, within) =>
        // In one answer, where the driver would ask for the 102nd separately.
        stored.find(filter, { ...within, sort, limit, batchSize: limit }).toArray(),
      );
      // Between two reads one may have moved from the first part to the second.
      for (const document of read) if (!found.has(document._id)) found.set(document._id, document);
    }
    return [...found.values()].map(fromStored);
  }

  async update(
    collection: string,
    id: string,
    set: Readonly<Record<string, unknown>>,
    revision: number | undefined,
    tx?: DocumentTx,
  ): Promise<Document | undefined> {
    const change: object = { $set: plain(set), $inc: { revision: 1 } };
    const updated = await this.#on(tx, collection, (stored, within) =>
      stored.findOneAndUpdate(one(id, revision), change as UpdateFilter<Stored>, {
        ...within,
        returnDocument: 'after',
      }),
    );
    return updated === null ? undefined : fromStored(updated);
  }

  async delete(
    collection: string,
    id: string,
    revision: number | undefined,
    tx?: DocumentTx,
  ): Promise<boolean> {
    const { deletedCount } = await this.#on(tx, collection, (stored, within) =>
      stored.deleteOne(one(id, revision), within),
    );
    return deletedCount === 1;
  }

  async transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T> {
    await this.#run(undefined, async () => undefined);
    return await runTransaction(this.#connection.client, work);
  }

  async check(): Promise<void> {
    await this.#run(undefined, (db) => db.command({ ping: 1 }));
  }

  close(): Promise<void> {
    return this.#connection.client.close();
  }

  #on<T>(
    tx: DocumentTx | undefined,
    collection: string,
    call: (stored: Collection<Stored>, within: Within) => Promise<T>,
  ): Promise<T> {
    return this.#run(tx, (db, within) => call(db.collection<Stored>(collection), within));
  }

  async #run<T>(tx: DocumentTx | undefined, call: (db: Db, within: Within) => Promise<T>): Promise<T> {
    try {
      const db = await this.#connection.database();
      if (tx === undefined) return await call(db, {});
      return await (tx as Transaction).run((session) => call(db, { session }));
    } catch (error) {
      throw translated(error);
    }
  }
}

/** @throws Error for a URL without a database, a standalone server, or a user that the server does not accept. */
export async function openMongoDocuments(url: URL, options: PortOptions): Promise<DocumentAdapter> {
  const connection = new Connection(url, options);
  await connection.open();
  return new MongoDocuments(connection);
}

/** Of replicas that start together one renames, and the others find it done. */
async function rename(db: Db, name: string, { collection: from, fields = {} }: EarlierNames): Promise<void> {
  if (from !== undefined) await renameCollection(db, from, name);
  const stored = db.collection(name);
  for (const [to, earlier] of Object.entries(fields))
    await stored.updateMany(
      { [earlier]: { $exists: true }, [to]: { $exists: false } },
      { $rename: { [earlier]: to } },
    );
}

/** NamespaceNotFound, IndexNotFound, NamespaceExists: it has been done. */
const DONE = [26, 27, 48];

async function renameCollection(db: Db, from: string, to: string): Promise<void> {
  await unlessDone(() => db.renameCollection(from, to));
  // They are called after the collection, and are made anew; also those that a run left that was killed here.
  const stored = db.collection(to);
  const indexes = (await unlessDone(() => stored.indexes())) ?? [];
  for (const { name } of indexes)
    if (name?.startsWith(`${from}_`) === true) await unlessDone(() => stored.dropIndex(name));
}

async function unlessDone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (DONE.includes((error as { code?: number }).code ?? 0)) return undefined;
    throw error;
  }
}

const one = (id: string, revision: number | undefined) =>
  revision === undefined ? { _id: id } : { _id: id, revision };

function uniqueIndex(collection: string, fields: readonly string[]): IndexDescription {
  const key = Object.fromEntries(fields.map((field) => [column(field), 1 as const]));
  const counts = Object.fromEntries(fields.map((field) => [column(field), { $type: SCALARS }]));
  return {
    key,
    name: indexName(collection, 'unique', fields),
    unique: true,
    partialFilterExpression: counts,
  };
}

function plainIndex(collection: string, fields: readonly string[]): IndexDescription {
  const key = Object.fromEntries([...fields.map(column), '_id'].map((field) => [field, 1 as const]));
  return { key, name: indexName(collection, 'index', fields) };
}

/** Equal definitions have equal names, and a changed one another. */
function indexName(collection: string, kind: string, fields: readonly string[]): string {
  const hash = createHash('sha256').update(fields.join(',')).digest('hex').slice(0, 12);
  return `${collection}_${kind}_${hash}`;
}
