/** Queries as SQL. Field names are validated letters and digits; values are parameters. */
import { sql, type RawBuilder } from 'kysely';
import type { FieldDefinition, Filter, IndexDefinition, Position, Sort } from '../port.ts';
import { cubeOf, RADIUS } from './columns.ts';

export type Fragment = RawBuilder<unknown>;

export const column = (name: string): Fragment => sql.raw(`"${name}"`);
const PREFIXES = {
  keyword: 'k',
  number: 'n',
  boolean: 'b',
  date: 'd',
  geo: 'g',
  text: 't',
  stored: '',
} as const;
const TYPES = { keyword: 'text', number: 'float8', boolean: 'boolean', date: 'timestamptz' } as const;

export const valueColumn = ({ fields }: IndexDefinition, name: string): Fragment =>
  column(`${PREFIXES[(fields[name] as FieldDefinition).type]}_${name}`);
const typeOf = ({ fields }: IndexDefinition, name: string): Fragment =>
  sql.raw(TYPES[(fields[name] as FieldDefinition).type as keyof typeof TYPES]);

export function filterSql(index: IndexDefinition, filter: Filter): Fragment {
  if ('not' in filter) return sql`(${filterSql(index, filter.not)}) is not true`;
  const { field } = filter;
  const value = valueColumn(index, field);
  const isList = index.fields[field]?.type === 'keyword';
  switch (filter.operator) {
    case 'equal':
      return isList
        ? sql`${value} @> ${[filter.value]}::text[]`
        : sql`${value} = ${filter.value}::${typeOf(index, field)}`;
    case 'in':
      return isList
        ? sql`${value} && ${filter.value}::text[]`
        : sql`${value} = any(${filter.value}::${typeOf(index, field)}[])`;
    case 'range': {
      const bounds = (
        [
          ['>', filter.gt],
          ['>=', filter.gte],
          ['<', filter.lt],
          ['<=', filter.lte],
        ] as const
      ).flatMap(([operator, bound]) =>
        bound === undefined ? [] : [sql`${value} ${sql.raw(operator)} ${bound}::${typeOf(index, field)}`],
      );
      return bounds.length === 0 ? sql`${value} is not null` : sql`(${sql.join(bounds, sql` and `)})`;
    }
    case 'near': {
      const chord = 2 * RADIUS * Math.sin(Math.min(filter.meters / (2 * RADIUS), Math.PI / 2));
      const center = sql`${cubeOf(filter.point)}::cube`;
      return sql`(${value} <@ cube_enlarge(${center}, ${chord}::float8, 3) and (${value} <-> ${center}) <= ${chord}::float8)`;
    }
    case 'box': {
      const [lat, lon] = [column(`lat_${field}`), column(`lon_${field}`)];
      const across =
        filter.west <= filter.east
          ? sql`${lon} between ${filter.west}::float8 and ${filter.east}::float8`
          : sql`(${lon} >= ${filter.west}::float8 or ${lon} <= ${filter.east}::float8)`;
      return sql`(${lat} between ${filter.south}::float8 and ${filter.north}::float8 and ${across})`;
    }
  }
}

export interface Key {
  readonly value: Fragment;
  readonly type: Fragment;
  readonly descending: boolean;
}

/** @param relevance The rank of a row. */
export function keyOf(index: IndexDefinition, sort: Sort, relevance: Fragment): Key {
  const float = sql.raw('float8');
  if (sort.by === 'relevance') return { value: relevance, type: float, descending: true };
  if (sort.by === 'distance') {
    const chord = sql`(${column(`g_${sort.field}`)} <-> ${cubeOf(sort.from)}::cube)`;
    // Not for null: least() would take the other side of the earth.
    const value = sql`case when ${chord} is not null then
      ${2 * RADIUS}::float8 * asin(least(1, ${chord} / ${2 * RADIUS}::float8)) end`;
    return { value: sql`(${value})`, type: float, descending: false };
  }
  const descending = sort.descending === true;
  const value = valueColumn(index, sort.field);
  const type = index.fields[sort.field]?.type;
  if (type === 'keyword') {
    const extreme = sql.raw(descending ? 'max' : 'min');
    return {
      value: sql`(select ${extreme}(x collate "C") from unnest(${value}) x)`,
      type: sql`text`,
      descending,
    };
  }
  // Milliseconds since 1970, which JSON and JavaScript carry exactly.
  if (type === 'date')
    return { value: sql`(extract(epoch from ${value}) * 1000)::float8`, type: float, descending };
  return { value, type: typeOf(index, sort.field), descending };
}

/** Null sorts last in both directions; ids are unique, so the order is total. */
export function orderBy(keys: readonly Key[]): Fragment {
  const parts = keys.map(({ descending }, at) => sql.raw(`p${at} ${descending ? 'desc' : 'asc'} nulls last`));
  return sql.join([...parts, sql.raw('id')]);
}

/** What comes after a position: equal in the first keys and further in the next one. */
export function beyond(keys: readonly Key[], position: Position): Fragment {
  const id = position[keys.length];
  const same: Fragment[] = [];
  const cases: Fragment[] = [];
  keys.forEach(({ value, type, descending }, at) => {
    const given = position[at] ?? null;
    const wanted = sql`${given}::${type}`;
    if (given !== null) {
      const operator = sql.raw(descending ? '<' : '>');
      cases.push(sql.join([...same, sql`(${value} ${operator} ${wanted} or ${value} is null)`], sql` and `));
    }
    same.push(given === null ? sql`${value} is null` : sql`${value} = ${wanted}`);
  });
  cases.push(sql.join([...same, sql`id > ${String(id)}`], sql` and `));
  return sql`(${sql.join(
    cases.map((one) => sql`(${one})`),
    sql` or `,
  )})`;
}
