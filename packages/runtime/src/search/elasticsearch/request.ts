/** Queries as the server's own. */
import type { Filter, IndexDefinition, ResolvedQuery, ResolvedSuggestion, Sort } from '../port.ts';
import { DELETED_AT, ID } from './mapping.ts';

const EXACT_TOTAL = 10_000;
/** The server keeps places to within a centimetre: a distance of that, and as degrees. */
const NEAREST_METERS = 0.02;
const NEAREST_DEGREES = 1e-7;
const FUZZY = { fuzziness: 'AUTO', prefix_length: 1 };

export function searchBody(index: IndexDefinition, query: ResolvedQuery): object {
  const { words, fields, fuzzy, where, sort, facets, limit, offset, after } = query;
  const names = fields.map(({ name, weight }) => `${name}^${weight}`);
  const found = (word: string, options: object) => ({
    multi_match: { query: word, fields: names, type: 'best_fields', zero_terms_query: 'all', ...options },
  });
  return {
    query: {
      bool: {
        filter: where.map(filterOf),
        must_not: [{ exists: { field: DELETED_AT } }],
        must: words.map((word) => found(word, fuzzy ? FUZZY : {})),
        // So that what is written as asked ranks before what only resembles it.
        should: fuzzy ? words.map((word) => found(word, { boost: 3 })) : [],
      },
    },
    sort: [...sort.map((one) => sortOf(index, one)), { [ID]: 'asc' }],
    size: limit,
    ...(after === undefined ? { from: offset } : { search_after: after }),
    version: true,
    track_total_hits: EXACT_TOTAL,
    ...(facets.length === 0
      ? {}
      : {
          aggs: Object.fromEntries(
            facets.map(({ field, limit: size }) => [
              field,
              { terms: { field, size, order: [{ _count: 'desc' }, { _key: 'asc' }] } },
            ]),
          ),
        }),
  };
}

export function suggestBody({ field, words, fuzzy, where, limit }: ResolvedSuggestion): object {
  return {
    query: {
      bool: {
        filter: [
          ...where.map(filterOf),
          ...words.map((word) => ({
            match: { [`${field}.beginning`]: { query: word, ...(fuzzy ? FUZZY : {}) } },
          })),
        ],
        must_not: [{ exists: { field: DELETED_AT } }],
      },
    },
    size: 0,
    track_total_hits: false,
    aggs: {
      values: { terms: { field: `${field}.raw`, size: limit, order: [{ _count: 'desc' }, { _key: 'asc' }] } },
    },
  };
}

function filterOf(filter: Filter): object {
  if ('not' in filter) return { bool: { must_not: [filterOf(filter.not)] } };
  const { field } = filter;
  switch (filter.operator) {
    case 'equal':
      return { term: { [field]: filter.value } };
    case 'in':
      return { terms: { [field]: filter.value } };
    case 'range': {
      const { gt, gte, lt, lte } = filter;
      return { range: { [field]: { gt, gte, lt, lte } } };
    }
    case 'near': {
      // It knows no distance of 0.
      const distance = `${Math.max(filter.meters, NEAREST_METERS)}m`;
      return { geo_distance: { distance, distance_type: 'arc', [field]: filter.point } };
    }
    case 'box': {
      const [south, north] = withEdges(filter.south, filter.north, 90);
      const { west, east } = filter;
      const across = Math.max(west - NEAREST_DEGREES, east + NEAREST_DEGREES);
      const [left, right] = west > east ? [across, east] : withEdges(west, east, 180);
      return {
        geo_bounding_box: {
          [field]: { top_left: { lat: north, lon: left }, bottom_right: { lat: south, lon: right } },
        },
      };
    }
  }
}

/** Places were rounded down, off the edges to which they belong; and a box without a height or a width is refused. */
function withEdges(low: number, high: number, bound: number): readonly [number, number] {
  const from = Math.max(low - NEAREST_DEGREES, -bound);
  return [from, Math.max(high, from + NEAREST_DEGREES)];
}

function sortOf({ fields }: IndexDefinition, sort: Sort): object {
  if (sort.by === 'relevance') return { _score: { order: 'desc' } };
  if (sort.by === 'distance')
    return { _geo_distance: { [sort.field]: sort.from, order: 'asc', unit: 'm', distance_type: 'arc' } };
  const type = fields[sort.field]?.type;
  return {
    [sort.field]: {
      order: sort.descending === true ? 'desc' : 'asc',
      missing: '_last',
      // As integers, a missing value would be one that JavaScript cannot hand back for the next page.
      ...(type === 'date' || type === 'boolean' ? { numeric_type: 'double' } : {}),
    },
  };
}
