import type { Port } from '../port.ts';

/**
 * - `text`: a text or a list of texts, searched by words. `weight`: what a word found here counts for, default 1.
 *   `english` folds word forms together (`house`, `houses`) and ignores the most common words; default `simple` does
 *   neither. `suggest`: its values are offered by `suggest`; then it is a single text.
 * - `keyword`: a text or a list of texts, compared as they are; filters, facets, sort.
 * - `number`, `boolean`, `date` (`2026-07-01`, or an instant in UTC with at most milliseconds), `geo` (`{ lat, lon }` in
 *   degrees): one value. Facets of booleans too.
 * - `stored`: any JSON that comes back with the document and is searched by nothing.
 */
export type FieldDefinition =
  | {
      readonly type: 'text';
      readonly weight?: number | undefined;
      readonly language?: 'simple' | 'english' | undefined;
      readonly suggest?: boolean | undefined;
    }
  | { readonly type: 'keyword' | 'number' | 'boolean' | 'date' | 'geo' | 'stored' };

/** An index and its fields. */
export interface IndexDefinition {
  /** Lower case: `listing`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldDefinition>>;
}

/** A place, in degrees. */
export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
}

/** A document as the service hands it over. */
export type Source = Readonly<Record<string, unknown>>;

/**
 * `version` is the source's own: the revision of an entity, the sequence of an event. The highest version of a document wins
 * in whichever order they arrive; a deletion is a version like any other and is remembered for a week.
 */
export type Operation =
  | { readonly id: string; readonly version: number; readonly source: Source }
  | { readonly id: string; readonly version: number; readonly source: null };

/** `stale`: this version or a later one was there already. */
export type Outcome = 'applied' | 'stale';

/** What fields can be compared with. */
export type Scalar = string | number | boolean;

/** `equal`, `in`: a list matches when one of its items does. Nothing matches a document without the field, except `not`. */
export type Filter =
  | { readonly field: string; readonly operator: 'equal'; readonly value: Scalar }
  | { readonly field: string; readonly operator: 'in'; readonly value: readonly Scalar[] }
  /** Of numbers and dates; bounds left out are open. */
  | {
      readonly field: string;
      readonly operator: 'range';
      readonly gt?: number | string | undefined;
      readonly gte?: number | string | undefined;
      readonly lt?: number | string | undefined;
      readonly lte?: number | string | undefined;
    }
  /** On the great circle, in metres. */
  | {
      readonly field: string;
      readonly operator: 'near';
      readonly point: GeoPoint;
      readonly meters: number;
    }
  /** Edges belong to the box; one whose west is greater than its east crosses the antimeridian. */
  | {
      readonly field: string;
      readonly operator: 'box';
      readonly north: number;
      readonly south: number;
      readonly east: number;
      readonly west: number;
    }
  | { readonly not: Filter };

/** Documents without the value come last, in both directions. Lists sort by their least item, descending by their greatest. */
export type Sort =
  | { readonly by: 'relevance' }
  | { readonly by: 'distance'; readonly field: string; readonly from: GeoPoint }
  | { readonly by: 'field'; readonly field: string; readonly descending?: boolean | undefined };

/** One value for each sort, then the id. What is in it is the adapter's own business; it survives JSON. */
export type Position = readonly (string | number | boolean | null)[];

/** A query as it arrives at an adapter: names and values fit the definition, dates are full instants. */
export interface ResolvedQuery {
  /** In lower case, letters (composed: NFC) and digits only; each must be found in one of `fields`. None: everything matches. */
  readonly words: readonly string[];
  readonly fields: readonly { readonly name: string; readonly weight: number }[];
  /**
   * Words also match with typing errors: `allowedEdits` of words.ts, a swap of neighbours counts as one, and the first
   * letter is right. What is written as asked ranks before what is not.
   */
  readonly fuzzy: boolean;
  /** All must hold. */
  readonly where: readonly Filter[];
  /** Ties are broken by id, ascending. */
  readonly sort: readonly Sort[];
  readonly facets: readonly { readonly field: string; readonly limit: number }[];
  readonly limit: number;
  readonly offset: number;
  /** Only what comes after it in the same sort. */
  readonly after: Position | undefined;
}

/** A hit as adapters find it. */
export interface AdapterHit {
  readonly id: string;
  readonly version: number;
  readonly source: Source;
  readonly position: Position;
}

/** How many documents have a value. */
export interface FacetCount {
  readonly value: string | boolean;
  /** Documents, not occurrences. */
  readonly count: number;
}

/** What adapters answer. */
export interface AdapterResult {
  readonly hits: readonly AdapterHit[];
  /** Exact up to 10,000; that number also stands for more. */
  readonly total: number;
  /** Of everything that matches: most frequent first, then by value. */
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>;
}

/** A suggestion as adapters get it: checked, in words. */
export interface ResolvedSuggestion {
  readonly field: string;
  /** A value matches when each of them begins one of its words; at least one. */
  readonly words: readonly string[];
  readonly fuzzy: boolean;
  readonly where: readonly Filter[];
  readonly limit: number;
}

/** The index is there with another type of a field. `reindex` builds one with the new definition beside it. */
export class IndexMismatchError extends Error {
  override readonly name = 'IndexMismatchError';
  constructor(index: string, detail: string, options?: ErrorOptions) {
    super(
      `The search index ${index} has another definition (${detail}): build it anew with reindex().`,
      options,
    );
  }
}

/** A position that this adapter never gave. */
export class InvalidPositionError extends Error {
  override readonly name = 'InvalidPositionError';
}

/** A second index of the same name that is being filled while the first is in use. */
export interface Generation {
  write(operations: readonly Operation[]): Promise<readonly Outcome[]>;
  /**
   * Puts it in the place of the first, in one step for readers; then, or in the same step, takes over what was written to
   * the first since `build`, by versions; then drops the first. Nothing that was acknowledged is lost.
   */
  activate(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * What a search engine must do. Definitions, documents and queries arrive validated. Writes are durable when their
 * promise resolves. A lost, starting or overloaded server is a ProblemError 503; the write may then have been applied or
 * not, and repeating it is safe, as versions decide.
 */
export interface SearchAdapter extends Port {
  /** Idempotent, also when replicas call it at the same moment. Adds new fields. @throws IndexMismatchError */
  ensure(index: IndexDefinition): Promise<void>;
  /**
   * Each operation on its own; ids are distinct. Searches see the result within two seconds, with `visible` when
   * the promise resolves.
   */
  write(
    index: IndexDefinition,
    operations: readonly Operation[],
    visible: boolean,
  ): Promise<readonly Outcome[]>;
  /** What was written last, whether searches see it or not; undefined when missing or deleted. */
  get(index: IndexDefinition, id: string): Promise<{ version: number; source: Source } | undefined>;
  /** @throws InvalidPositionError */
  search(index: IndexDefinition, query: ResolvedQuery): Promise<AdapterResult>;
  /** Distinct values, most frequent first, then by value. */
  suggest(index: IndexDefinition, query: ResolvedSuggestion): Promise<readonly string[]>;
  /** Searches see everything that was written before. */
  refresh(index: IndexDefinition): Promise<void>;
  /** Forgets deletions that are older than this, if not at once then within seconds. */
  purge(index: IndexDefinition, olderThanMs: number): Promise<void>;
  /** Begins another generation; leftovers of builds that were killed more than a day ago are dropped. */
  build(index: IndexDefinition): Promise<Generation>;
}
