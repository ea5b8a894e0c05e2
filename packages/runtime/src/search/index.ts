import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import { systemOf } from '../telemetry/systems.ts';
import type { SearchAdapter } from './port.ts';
import { Search } from './search.ts';

export { IndexMismatchError } from './port.ts';
export type {
  AdapterHit,
  AdapterResult,
  FacetCount,
  FieldDefinition,
  Filter,
  Generation,
  GeoPoint,
  IndexDefinition,
  Operation,
  Outcome,
  Position,
  ResolvedQuery,
  ResolvedSuggestion,
  Scalar,
  SearchAdapter,
  Sort,
  Source,
} from './port.ts';
export { Search, SearchIndex } from './search.ts';
export type { Hit, Query, Result, Suggest, WriteOptions } from './query.ts';

const openers: readonly Opener<SearchAdapter>[] = [
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres/adapter.ts')).openPostgresSearch(url, options),
  },
  {
    schemes: ['elasticsearch:', 'https:'],
    open: async (url, options) =>
      (await import('./elasticsearch/adapter.ts')).openElasticsearch(url, options),
  },
];

/**
 * Search indexes at a URL.
 * @param url `postgres://user@host:port/name`, `elasticsearch://user@host:port` (plain HTTP) or `https://user@host:port`;
 * a path goes before every request's own.
 */
export async function openSearch(url: URL, options: PortOptions): Promise<Search> {
  return new Search(
    await openPort('search', openersFor(options.adapters?.search, openers), url, options),
    options,
    systemOf(url),
  );
}
