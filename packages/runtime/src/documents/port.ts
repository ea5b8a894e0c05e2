import type { MessageStore } from '../events/message-store.ts';
import type { AnswerStore } from '../idempotency/port.ts';
import type { Port } from '../port.ts';

/** As stored and as handed out. Instants are ISO strings; `undefined` values are dropped, null stays. */
export interface Document {
  readonly id: string;
  /** 1 after the insert, one more after every update. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly [field: string]: unknown;
}

/** A collection and its indexes. */
export interface CollectionDefinition {
  /** Lower case: `review`, `search-document`. */
  readonly name: string;
  /**
   * Groups of fields whose values together occur once: texts, numbers and booleans. A group with a null in it does not count. Fields that
   * hold lists have no place in one: on MongoDB each item would count for itself.
   */
  readonly unique: readonly (readonly string[])[];
  /** Groups of fields that finds filter and sort by. */
  readonly indexes: readonly (readonly string[])[];
  /** Earlier names, whose documents and values are taken over before the first use. */
  readonly renamedFrom?: EarlierNames | undefined;
}

/** What a collection and its fields were called before. It may stay when it has been done. */
export interface EarlierNames {
  readonly collection?: string | undefined;
  /** New name → earlier name. A document that has the new field already keeps it. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/** What fields can be compared with. */
export type Scalar = string | number | boolean;

/** A condition on a top-level field. `equal: null` matches null and absent alike. `has`: a list contains the value. */
export type Condition =
  | { readonly field: string; readonly operator: 'equal'; readonly value: Scalar | null }
  | { readonly field: string; readonly operator: 'gt' | 'gte' | 'lt' | 'lte' | 'has'; readonly value: Scalar }
  | { readonly field: string; readonly operator: 'in'; readonly value: readonly Scalar[] };

/** Which documents, in which order, from where on. */
export interface Find {
  /** All must hold. */
  readonly where: readonly Condition[];
  /** Ties are broken by id, in the same direction. Null and absent count as greater than every value. */
  readonly sort: { readonly field: string; readonly descending: boolean };
  /** Only what comes after this position of the sorted sequence. */
  readonly after: { readonly value: Scalar | null; readonly id: string } | undefined;
  readonly limit: number;
}

/** What a transaction hands to the calls that belong to it; each adapter has its own. */
export type DocumentTx = object;

/** A write would break a unique group. `fields` may be empty when the server does not tell. */
export class DuplicateError extends Error {
  override readonly name = 'DuplicateError';
  readonly fields: readonly string[];
  constructor(fields: readonly string[], options?: ErrorOptions) {
    super(`There is such a document already (${fields.join(', ') || 'unknown fields'}).`, options);
    this.fields = fields;
  }
}

/**
 * What a document database must do. Collection and field names arrive validated, documents complete. Writes are durable
 * and visible to every reader when their promise resolves; without `tx` each is atomic on its own.
 * A lost server is a ProblemError 503.
 */
export interface DocumentAdapter extends Port {
  /**
   * Idempotent, also when replicas call it at the same moment. First what has an earlier name gets its new one: the collection, unless
   * there is one of the new name; then the fields. Adds missing indexes to a collection with data.
   */
  ensureCollection(definition: CollectionDefinition): Promise<void>;
  /** @throws DuplicateError, for a known id too (`['id']`). */
  insert(collection: string, document: Document, tx?: DocumentTx): Promise<void>;
  get(collection: string, id: string, tx?: DocumentTx): Promise<Document | undefined>;
  find(collection: string, query: Find, tx?: DocumentTx): Promise<readonly Document[]>;
  /**
   * Replaces the given top-level fields and raises the revision. With `revision`: only when it is still that one.
   * @returns undefined when nothing matched: missing, or changed meanwhile. @throws DuplicateError
   */
  update(
    collection: string,
    id: string,
    set: Readonly<Record<string, unknown>>,
    revision: number | undefined,
    tx?: DocumentTx,
  ): Promise<Document | undefined>;
  /** @returns whether a document was deleted. */
  delete(collection: string, id: string, revision: number | undefined, tx?: DocumentTx): Promise<boolean>;
  /** All or nothing; `work` may run again when the server asks for it. */
  transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T>;
  /** Outbox and inbox beside the documents, written in the same transactions. */
  readonly messages: MessageStore;
  /** Answers by the key of their request, written in the same transactions. Without it no route takes an Idempotency-Key. */
  readonly answers?: AnswerStore | undefined;
}
