import { Histogram } from 'prom-client';
import type { Port, PortOptions } from '../port.ts';
import { type PortSpans, portSpans } from '../telemetry/ports.ts';
import {
  type Generation,
  type IndexDefinition,
  InvalidPositionError,
  type Operation,
  type Outcome,
  type SearchAdapter,
  type Source,
} from './port.ts';
import {
  encodeCursor,
  type Hit,
  invalidCursor,
  type Query,
  resolveQuery,
  resolveSuggestion,
  type Result,
  type Suggest,
  type WriteOptions,
} from './query.ts';
import { assertDefinition, assertOperation } from './validate.ts';

const CHUNK = 500;
const PURGE_EVERY_MS = 3_600_000;
/** How long a deletion is remembered, so that an older version that arrives late does not bring the document back. */
const REMEMBER_MS = 7 * 24 * 3_600_000;

/** A service's search indexes. */
export class Search implements Port {
  readonly #adapter: SearchAdapter;
  readonly #options: PortOptions;
  readonly #indexes = new Map<string, SearchIndex>();
  readonly #duration: Histogram<'index' | 'operation' | 'outcome'>;
  readonly #purge: NodeJS.Timeout;
  readonly #span: PortSpans;

  /** @param system What spans call the server: `elasticsearch`. */
  constructor(adapter: SearchAdapter, options: PortOptions, system = 'unknown') {
    this.#adapter = adapter;
    this.#span = portSpans(system);
    this.#options = options;
    this.#duration = new Histogram({
      name: 'search_operation_duration_seconds',
      help: 'Operations on search indexes, as the service sees them.',
      labelNames: ['index', 'operation', 'outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [options.metrics],
    });
    this.#purge = setInterval(() => void this.#purgeAll(), PURGE_EVERY_MS).unref();
  }

  /** The same index for the same name; the first definition counts. @throws TypeError for names that no server takes. */
  index(definition: IndexDefinition): SearchIndex {
    const known = this.#indexes.get(definition.name);
    if (known !== undefined) return known;
    const index = new SearchIndex(this.#adapter, definition, (operation, work) =>
      this.#measured(definition.name, operation, work),
    );
    this.#indexes.set(definition.name, index);
    return index;
  }

  async check(): Promise<void> {
    await this.#adapter.check?.();
  }

  close(): Promise<void> {
    clearInterval(this.#purge);
    return this.#adapter.close();
  }

  async #measured<T>(index: string, operation: string, work: () => Promise<T>): Promise<T> {
    const end = this.#duration.startTimer({ index, operation });
    try {
      const result = await this.#span(operation, index, work);
      end({ outcome: 'ok' });
      return result;
    } catch (error) {
      end({ outcome: 'error' });
      throw error;
    }
  }

  async #purgeAll(): Promise<void> {
    for (const index of this.#indexes.values()) {
      await index
        .purge(REMEMBER_MS)
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error, index: index.name }, 'Old deletions could not be purged'),
        );
    }
  }
}

type Measured = <T>(operation: string, work: () => Promise<T>) => Promise<T>;

/** Where documents are found again: by words, values and places. Never the only copy of anything. */
export class SearchIndex {
  readonly name: string;
  readonly #adapter: SearchAdapter;
  readonly #definition: IndexDefinition;
  readonly #measured: Measured;
  #ensured: Promise<void> | undefined;

  constructor(adapter: SearchAdapter, definition: IndexDefinition, measured: Measured) {
    assertDefinition(definition);
    this.name = definition.name;
    this.#adapter = adapter;
    this.#definition = definition;
    this.#measured = measured;
  }

  /** Called by every operation; call it at start to fail early. @throws IndexMismatchError */
  async ensure(): Promise<void> {
    this.#ensured ??= this.#adapter.ensure(this.#definition);
    try {
      await this.#ensured;
    } catch (error) {
      this.#ensured = undefined;
      throw error;
    }
  }

  /** Stores the document unless this or a later version is there, or was deleted. */
  async upsert(id: string, version: number, source: Source, options?: WriteOptions): Promise<Outcome> {
    return (await this.bulk([{ id, version, source }], options))[0] as Outcome;
  }

  /** As a version of its own: an upsert of an older one that comes later has no effect. */
  async delete(id: string, version: number, options?: WriteOptions): Promise<Outcome> {
    return (await this.bulk([{ id, version, source: null }], options))[0] as Outcome;
  }

  /**
   * Many at once, in this order; not all or nothing: when it throws, some may be applied. Repeat it then, it is safe.
   * @throws TypeError, before anything is written, when a document does not fit the definition.
   */
  async bulk(
    operations: readonly Operation[],
    { visible = false }: WriteOptions = {},
  ): Promise<readonly Outcome[]> {
    for (const operation of operations) assertOperation(this.#definition, operation);
    await this.ensure();
    return await this.#measured('write', () =>
      inChunks(operations, (chunk) => this.#adapter.write(this.#definition, chunk, visible)),
    );
  }

  /** What was written last, also when searches do not see it yet. */
  async get(id: string): Promise<{ version: number; source: Source } | undefined> {
    await this.ensure();
    return await this.#measured('get', () => this.#adapter.get(this.#definition, id));
  }

  /** @throws ProblemError 400 for cursors and offsets that a client got wrong; TypeError for what the index does not have. */
  async search(query: Query): Promise<Result> {
    const resolved = resolveQuery(this.#definition, query);
    await this.ensure();
    return await this.#measured('search', async () => {
      const { hits, total, facets } = await this.#adapter
        .search(this.#definition, resolved)
        .catch((error: unknown) => {
          throw error instanceof InvalidPositionError ? invalidCursor() : error;
        });
      const last = hits.at(-1);
      const more = last !== undefined && hits.length === resolved.limit;
      return {
        hits: hits.map(({ id, version, source, position }): Hit => {
          const hit = { id, version, source };
          const ranks = resolved.sort.map(({ by }, at) => [by, position[at]] as const);
          const score = ranks.find(([by]) => by === 'relevance')?.[1];
          const distance = ranks.find(([by]) => by === 'distance')?.[1];
          return {
            ...hit,
            ...(typeof score === 'number' ? { score } : {}),
            ...(typeof distance === 'number' ? { distance } : {}),
          };
        }),
        total,
        facets,
        next: more ? encodeCursor(resolved.sort, last.position) : undefined,
      };
    });
  }

  /** Values that begin as typed, then those with typing errors. Nothing typed suggests nothing. */
  async suggest(query: Suggest): Promise<readonly string[]> {
    const resolved = resolveSuggestion(this.#definition, query);
    if (resolved.words.length === 0) return [];
    await this.ensure();
    return await this.#measured('suggest', async () => {
      const exact = await this.#adapter.suggest(this.#definition, resolved);
      if (exact.length >= resolved.limit) return exact;
      const close = await this.#adapter.suggest(this.#definition, { ...resolved, fuzzy: true });
      return [...new Set([...exact, ...close])].slice(0, resolved.limit);
    });
  }

  /** Searches that begin afterwards see everything that was written before. For tests and after bulk loads. */
  async refresh(): Promise<void> {
    await this.ensure();
    await this.#adapter.refresh(this.#definition);
  }

  /** Forgets deletions older than this; done every hour for those older than a week. */
  async purge(olderThanMs: number): Promise<void> {
    await this.ensure();
    await this.#adapter.purge(this.#definition, olderThanMs);
  }

  /**
   * Builds the index anew beside the one in use, with this definition, and puts it in its place; searches and writes go on
   * meanwhile, and what they write is kept. What `fill` does not write is gone afterwards. When it throws, nothing changes.
   * @param fill Must read its source after it is called: what was written to the index before, it has to write itself.
   */
  async reindex(
    fill: (write: (operations: readonly Operation[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await this.#measured('reindex', async () => {
      const generation: Generation = await this.#adapter.build(this.#definition);
      try {
        await fill(async (operations) => {
          for (const operation of operations) assertOperation(this.#definition, operation);
          await inChunks(operations, (chunk) => generation.write(chunk));
        });
      } catch (error) {
        await generation.discard().catch(() => undefined);
        throw error;
      }
      await generation.activate();
      this.#ensured = undefined;
    });
  }
}

/** Adapters get every id once per call; the order of one document's operations is kept. */
async function inChunks(
  operations: readonly Operation[],
  write: (chunk: readonly Operation[]) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let chunk: Operation[] = [];
  const ids = new Set<string>();
  const flush = async () => {
    if (chunk.length > 0) outcomes.push(...(await write(chunk)));
    chunk = [];
    ids.clear();
  };
  for (const operation of operations) {
    if (chunk.length === CHUNK || ids.has(operation.id)) await flush();
    chunk.push(operation);
    ids.add(operation.id);
  }
  await flush();
  return outcomes;
}
