/** Queries as the server's own. */
import type { Filter, IndexDefinition, ResolvedQuery, ResolvedSuggestion, Sort } from '../port.ts';
import { DELETED_AT, ID } from './mapping.ts';

const EXACT_TOTAL = 10_000;
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
    case 'near':
      return { geo_distance: { distance: `${filter.meters}m`, distance_type: 'arc', [field]: filter.point } };
    case 'box':
      return {
        geo_bounding_box: {
          [field]: {
            top_left: { lat: filter.north, lon: filter.west },
            bottom_right: { lat: filter.south, lon: filter.east },
          },
        },
      };
  }
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
