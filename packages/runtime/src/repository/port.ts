import type { Page } from '../http/paging.ts';

/** What the store manages: never given by callers, except an id where it is known beforehand. */
export interface Stored {
  readonly id: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

type Managed = keyof Stored;
type Fields<T> = Omit<T, Managed>;
type NullableKeys<T> = {
  [K in keyof T]-?: null extends T[K] ? K : undefined extends T[K] ? K : never;
}[keyof T];

/** Fields that may be null may be left out. */
export type NewEntity<T> = Omit<Fields<T>, NullableKeys<Fields<T>>> & {
  [K in NullableKeys<Fields<T>>]?: Fields<T>[K] | undefined;
} & { id?: string };

/** Undefined: not changed. Null: cleared. */
export type Changes<T> = { [K in keyof Fields<T>]?: Fields<T>[K] | undefined };

/** What a field is compared with; null: has no value. */
export type FilterValue = string | number | boolean | null | undefined;

/** Which entities, in which order. */
export interface RepositoryQuery {
  /** Default 20, at most 1,000. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /**
   * One of `sortable`, with a minus for descending; default `-createdAt`. Ties go by id, no value is more than any value,
   * and texts compare by code points, the same on every store.
   */
  readonly sort?: string | undefined;
  /** Equality, by field of `filterable`; for a list: it contains the value. Undefined: no filter; null: no value. */
  readonly filters?: object | undefined;
}

/** A condition on the entity as it is stored. */
export interface IfRevision {
  /** Only when the stored revision is still this one. */
  readonly revision?: number | undefined;
}

/**
 * Entities of one kind in a SQL table or a collection of documents, with the same behaviour. Errors are ProblemErrors:
 * 400 for a cursor that is not ours, 404 for a missing entity, 409 for a value that exists already (naming the fields),
 * 412 for a stale revision, 422 for a reference to nothing, 503 while the store is away.
 */
export interface Repository<T, Tx = any> {
  /**
   * A page is stable: rows that are added or removed meanwhile never make another one appear twice or vanish. With one
   * exception: when a page ended with a text of more than some hundred characters, and just that row is changed or removed
   * before the next page is read, other rows whose texts begin with the same 64 characters may come again.
   */
  list(query?: RepositoryQuery, tx?: Tx): Promise<Page<T>>;
  get(id: string, tx?: Tx): Promise<T | undefined>;
  /** Assigns a UUIDv7, revision 1, and both instants. */
  insert(values: NewEntity<T>, tx?: Tx): Promise<T>;
  /** Raises the revision. */
  update(id: string, changes: Changes<T>, condition?: IfRevision, tx?: Tx): Promise<T>;
  delete(id: string, condition?: IfRevision, tx?: Tx): Promise<void>;
}

/** A schema whose keys are fields. */
export interface FiltersOf<T> {
  readonly shape: { readonly [K in keyof T]?: unknown };
}

/** What lists may sort and filter by. */
export interface RepositoryOptions<T> {
  /** Besides createdAt and updatedAt. */
  readonly sortable?: readonly (keyof T & string)[] | undefined;
  /** Names of fields, or the schema of the filters: `filtersOf(Listing, ['city'])`. */
  readonly filterable?: readonly (keyof T & string)[] | FiltersOf<T> | undefined;
  /** Fields that hold lists. */
  readonly lists?: readonly (keyof T & string)[] | undefined;
  /** For messages: `wishlist`. Default: the name of the table or collection. */
  readonly label?: string | undefined;
}

/** The names of the fields that lists may be filtered by. */
export function filterableOf<T>({ filterable = [] }: RepositoryOptions<T>): readonly string[] {
  return 'shape' in filterable ? Object.keys(filterable.shape) : filterable;
}
