import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { PortOptions } from '../../port.ts';
import {
  type AdapterResult,
  type Generation,
  type IndexDefinition,
  IndexMismatchError,
  InvalidPositionError,
  type Operation,
  type Outcome,
  type ResolvedQuery,
  type ResolvedSuggestion,
  type SearchAdapter,
  type Sort,
  type Source,
} from '../port.ts';
import { away, Http, isOverload, reasonOf, ServerError } from './http.ts';
import { DELETED_AT, ID, mappingOf, SETTINGS, sourceOf } from './mapping.ts';
import { searchBody, suggestBody } from './request.ts';

const DAY_MS = 24 * 3_600_000;
/** A write that met an index in the moment of its replacement goes to the new one. */
const ATTEMPTS = 5;
const LONG_MS = 10 * 60_000;

/**
 * Written for what the REST APIs of Elasticsearch 8 and 9 and OpenSearch 2 and 3 have in common; the suite proves it on
 * OpenSearch 2 and 3 only, since Elasticsearch itself is in no public package registry, and checks that its requests have the
 * shapes that Elasticsearch 9 publishes. An index is an alias,
 * `<service>.<name>`, in front of one index with one shard; its generations have names of their own.
 * Differences from PostgreSQL: writes are visible after the refresh, a second at most; relevance is BM25, which knows how
 * rare a word is; a new generation is seen by readers a moment before it has what was written during its build.
 */
class Elasticsearch implements SearchAdapter {
  readonly #http: Http;
  readonly #service: string;
  readonly #clock: Clock;

  constructor(http: Http, { service, clock }: PortOptions) {
    this.#http = http;
    this.#service = service;
    this.#clock = clock;
  }

  async ensure(index: IndexDefinition): Promise<void> {
    const alias = this.#alias(index);
    if ((await this.#holders(alias)).length === 0) {
      // Always the same first name: of replicas that start together, one makes it.
      const created = await this.#http.request('PUT', `/${alias}-0`, {
        body: { settings: SETTINGS, mappings: mappingOf(index), aliases: { [alias]: {} } },
        accept: [400],
      });
      const type = created.body?.error?.type;
      if (created.status === 400 && type !== 'resource_already_exists_exception')
        throw new ServerError(`The search index cannot be made: ${reasonOf(created.body?.error)}`, created);
    }
    const { status, body } = await this.#http.request('PUT', `/${alias}/_mapping`, {
      body: { properties: mappingOf(index).properties },
      accept: [400],
    });
    if (status === 400) throw new IndexMismatchError(index.name, reasonOf(body?.error));
  }

  write(
    index: IndexDefinition,
    operations: readonly Operation[],
    visible: boolean,
  ): Promise<readonly Outcome[]> {
    return this.#bulk(`/${this.#alias(index)}/_bulk?require_alias=true`, operations, visible);
  }

  async get(index: IndexDefinition, id: string): Promise<{ version: number; source: Source } | undefined> {
    const { status, body } = await this.#http.request(
      'GET',
      `/${this.#alias(index)}/_doc/${encodeURIComponent(id)}`,
      { accept: [404] },
    );
    if (status === 404 && body?.found !== false) throw new Error(`The search index ${index.name} is gone.`);
    if (body.found !== true || body._source[DELETED_AT] !== undefined) return undefined;
    return { version: body._version, source: sourceOf(body._source) };
  }

  async search(index: IndexDefinition, query: ResolvedQuery): Promise<AdapterResult> {
    // Missing numbers sort as infinite ones; at a null among them the server fails with an error of its own.
    if (query.sort.some((sort, at) => query.after?.[at] === null && !isKeyword(index, sort)))
      throw new InvalidPositionError('There is a null where it gives a number.');
    const { status, body } = await this.#http.request('POST', `/${this.#alias(index)}/_search`, {
      body: searchBody(index, query),
      accept: query.after === undefined ? [] : [400],
    });
    if (status === 400) throw new InvalidPositionError(reasonOf(body?.error));
    return {
      hits: body.hits.hits.map((hit: any) => ({
        id: hit._id,
        version: hit._version,
        source: sourceOf(hit._source),
        position: hit.sort,
      })),
      total: body.hits.total.value,
      facets: Object.fromEntries(
        query.facets.map(({ field }) => [
          field,
          body.aggregations[field].buckets.map((bucket: any) => ({
            value: index.fields[field]?.type === 'boolean' ? bucket.key_as_string === 'true' : bucket.key,
            count: bucket.doc_count,
          })),
        ]),
      ),
    };
  }

  async suggest(index: IndexDefinition, query: ResolvedSuggestion): Promise<readonly string[]> {
    const { body } = await this.#http.request('POST', `/${this.#alias(index)}/_search`, {
      body: suggestBody(query),
    });
    return body.aggregations.values.buckets.map((bucket: any) => bucket.key);
  }

  async refresh(index: IndexDefinition): Promise<void> {
    await this.#http.request('POST', `/${this.#alias(index)}/_refresh`);
  }

  async purge(index: IndexDefinition, olderThanMs: number): Promise<void> {
    await this.refresh(index);
    const query = { range: { [DELETED_AT]: { lte: this.#clock.now() - olderThanMs } } };
    await this.#http.request(
      'POST',
      `/${this.#alias(index)}/_delete_by_query?conflicts=proceed&refresh=true`,
      {
        body: { query },
        timeoutMs: LONG_MS,
      },
    );
  }

  async build(index: IndexDefinition): Promise<Generation> {
    const alias = this.#alias(index);
    await this.#dropLeftovers(alias);
    const before = await this.#latest(alias);
    const next = `${alias}-${this.#clock.now().toString(36).padStart(9, '0')}${randomBytes(2).toString('hex')}`;
    await this.#http.request('PUT', `/${next}`, { body: { settings: SETTINGS, mappings: mappingOf(index) } });
    return {
      write: (operations) => this.#bulk(`/${next}/_bulk`, operations, false),
      activate: () => this.#activate(alias, next, before),
      discard: () => this.#drop(next),
    };
  }

  async check(): Promise<void> {
    await this.#http.request('GET', '/', { timeoutMs: 2_000 });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #alias({ name }: IndexDefinition): string {
    return `${this.#service}.${name}`;
  }

  async #bulk(path: string, operations: readonly Operation[], visible: boolean): Promise<readonly Outcome[]> {
    const outcomes = new Map<string, Outcome>();
    let open = operations;
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const query = `${path.includes('?') ? '&' : '?'}timeout=10s${visible ? '&refresh=wait_for' : ''}`;
      const { body } = await this.#http.request('POST', path + query, {
        body: open.flatMap((operation) => this.#lines(operation)),
      });
      const again: Operation[] = [];
      open.forEach((operation, at) => {
        const { status, error } = body.items[at].index as { status: number; error?: any };
        if (status < 300) outcomes.set(operation.id, 'applied');
        else if (status === 409) outcomes.set(operation.id, 'stale');
        else if (isReplaced(status, error) && attempt < ATTEMPTS) again.push(operation);
        else if (isOverload(status) || isReplaced(status, error)) throw away(new Error(reasonOf(error)));
        else throw new Error(`The document ${operation.id} was refused (${status}): ${reasonOf(error)}`);
      });
      open = again;
    }
    // Whoever wrote the newer version may not have waited for it.
    if (visible && [...outcomes.values()].includes('stale'))
      await this.#http.request('POST', path.replace(/_bulk.*/, '_refresh'));
    return operations.map(({ id }) => outcomes.get(id) as Outcome);
  }

  #lines({ id, version, source }: Operation): readonly object[] {
    const action = { index: { _id: id, version, version_type: 'external' } };
    return [
      action,
      source === null ? { [ID]: id, [DELETED_AT]: this.#clock.now() } : { ...source, [ID]: id },
    ];
  }

  async #holders(alias: string): Promise<readonly string[]> {
    const { status, body } = await this.#http.request('GET', `/_alias/${alias}`, { accept: [404] });
    return status === 404 ? [] : Object.keys(body);
  }

  /** The index in use, and its last write so far. */
  async #latest(alias: string): Promise<{ holder: string | undefined; sequence: number }> {
    const [holder] = await this.#holders(alias);
    if (holder === undefined) return { holder, sequence: -1 };
    await this.#http.request('POST', `/${holder}/_refresh`);
    const { body } = await this.#http.request('POST', `/${holder}/_search`, {
      body: { size: 1, sort: [{ _seq_no: 'desc' }], _source: false, track_total_hits: false },
    });
    return { holder, sequence: body.hits.hits[0]?.sort[0] ?? -1 };
  }

  async #activate(
    alias: string,
    next: string,
    before: { holder: string | undefined; sequence: number },
  ): Promise<void> {
    await this.#http.request('POST', `/${next}/_refresh`);
    const holders = (await this.#holders(alias)).filter((holder) => holder !== next);
    await this.#http.request('POST', '/_aliases', {
      body: {
        actions: [...holders.map((index) => ({ remove: { index, alias } })), { add: { index: next, alias } }],
      },
    });
    for (const holder of holders) {
      // Returns when the writes that are under way are done; later ones are refused and go to the alias again.
      await this.#http.request('PUT', `/${holder}/_block/write`);
      await this.#http.request('POST', `/${holder}/_refresh`);
      const unseen =
        holder === before.holder ? { range: { _seq_no: { gt: before.sequence } } } : { match_all: {} };
      await this.#http.request('POST', '/_reindex?refresh=true', {
        body: {
          conflicts: 'proceed',
          source: { index: holder, query: unseen },
          dest: { index: next, version_type: 'external' },
        },
        timeoutMs: LONG_MS,
      });
      await this.#drop(holder);
    }
  }

  /** What a build left that was killed: the time of its beginning is in the name. */
  async #dropLeftovers(alias: string): Promise<void> {
    const { body } = await this.#http.request('GET', `/${alias}-*/_alias`, { accept: [404] });
    for (const [name, { aliases }] of Object.entries<any>(body ?? {})) {
      const began = /^[0-9a-z]{9}(?=[0-9a-f]{4}$)/.exec(name.slice(alias.length + 1))?.[0];
      if (began === undefined || Object.keys(aliases ?? {}).length > 0) continue;
      if (Number.parseInt(began, 36) < this.#clock.now() - DAY_MS) await this.#drop(name);
    }
  }

  async #drop(name: string): Promise<void> {
    await this.#http.request('DELETE', `/${name}`, { accept: [404] });
  }
}

const isKeyword = ({ fields }: IndexDefinition, sort: Sort): boolean =>
  sort.by === 'field' && fields[sort.field]?.type === 'keyword';

const isReplaced = (status: number, error: any): boolean =>
  (status === 403 && error?.type === 'cluster_block_exception') ||
  (status === 404 && error?.type === 'index_not_found_exception');

export async function openElasticsearch(url: URL, options: PortOptions): Promise<SearchAdapter> {
  return new Elasticsearch(new Http(url), options);
}
