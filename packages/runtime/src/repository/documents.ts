import { randomUUIDv7 } from 'node:crypto';
import { systemClock, type Clock } from '../clock.ts';
import {
  DuplicateError,
  type Condition,
  type Document,
  type DocumentStore,
  type DocumentTx,
  type EarlierNames,
} from '../documents/index.ts';
import {
  type Changes,
  filterableOf,
  type IfRevision,
  type NewEntity,
  type Repository,
  type RepositoryOptions,
  type RepositoryQuery,
  type Stored,
} from './port.ts';
import { duplicate, missed, planList, startOf } from './query.ts';
import { toPage, words } from './sql.ts';

/** A repository over a collection. */
export interface DocumentRepositoryOptions<T> extends RepositoryOptions<T> {
  /** Lower case, with - or _: `review`. */
  readonly collection: string;
  /** Groups of fields whose values together occur once: `[['bookingId', 'owner']]`. */
  readonly unique?: readonly (readonly (keyof T & string)[])[] | undefined;
  /** Fields that are null when they are not given, as columns of a table would be. */
  readonly nullable?: readonly (keyof T & string)[] | undefined;
  /** What the collection and fields of it were called before: `{ collection: 'opinion', fields: { text: 'body' } }`. */
  readonly renamedFrom?: EarlierNames | undefined;
  readonly clock?: Clock | undefined;
}

/** Entities as documents of one collection, which is created at first use. */
export function documentRepository<T extends Stored>(
  documents: DocumentStore,
  options: DocumentRepositoryOptions<T>,
): Repository<T, DocumentTx> {
  const { unique = [], nullable = [], sortable = [], clock = systemClock } = options;
  const label = options.label ?? words(options.collection);
  const collection = documents.collection({
    name: options.collection,
    renamedFrom: options.renamedFrom,
    unique,
    indexes: [...new Set<string>(['createdAt', ...filterableOf(options), ...sortable])].map((field) => [
      field,
    ]),
  });
  const empty = Object.fromEntries(nullable.map((field) => [field, null]));
  const now = () => new Date(clock.now()).toISOString();
  const attempt = async <R>(write: () => Promise<R>): Promise<R> => {
    try {
      return await write();
    } catch (error) {
      throw error instanceof DuplicateError ? duplicate(label, error.fields, error) : error;
    }
  };
  const entity = (document: Document): T => ({ ...empty, ...document }) as unknown as T;

  return {
    async list(query: RepositoryQuery = {}, tx?: DocumentTx) {
      const plan = planList(query, options);
      const where = plan.filters.map(
        ({ field, value, list }): Condition =>
          list && value !== null ? { field, operator: 'has', value } : { field, operator: 'equal', value },
      );
      const sort = { field: plan.field, descending: plan.descending };
      const after = await startOf(plan, (id) => collection.get(id, tx));
      const found = await collection.find({ where, sort, after, limit: plan.limit + 1 }, tx);
      return toPage(found.map(entity), plan);
    },

    async get(id: string, tx?: DocumentTx) {
      const document = await collection.get(id, tx);
      return document === undefined ? undefined : entity(document);
    },

    async insert(values: NewEntity<T>, tx?: DocumentTx) {
      const at = now();
      const document = { id: randomUUIDv7(), ...defined(values), revision: 1, createdAt: at, updatedAt: at };
      await attempt(() => collection.insert(document, tx));
      return entity(document);
    },

    async update(id: string, changes: Changes<T>, { revision }: IfRevision = {}, tx?: DocumentTx) {
      const set = { ...defined(changes), updatedAt: now() };
      const document = await attempt(() => collection.update(id, set, revision, tx));
      if (document === undefined) throw missed(label, await collection.get(id, tx));
      return entity(document);
    },

    async delete(id: string, { revision }: IfRevision = {}, tx?: DocumentTx) {
      if (!(await collection.delete(id, revision, tx))) throw missed(label, await collection.get(id, tx));
    },
  };
}

const defined = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
