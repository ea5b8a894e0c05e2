/** Finds of the port in MongoDB's language. Pure. */
import type { Filter, Sort } from 'mongodb';
import type { Condition, Find } from '../port.ts';
import type { Stored } from './codec.ts';

/** Types of values that unique groups and comparisons are about. */
export const SCALARS = ['string', 'number', 'bool'] as const;

export const column = (field: string): string => (field === 'id' ? '_id' : field);

/** One read of a find: its part of the sorted sequence. */
export interface Part {
  readonly filter: Filter<Stored>;
  readonly sort: Sort;
}

/**
 * MongoDB sorts null before every value, the port after it: so values and nulls are read one after the other, each in the
 * order of an index. The second part is wanted when the first has fewer than the limit.
 */
export function parts({ where, sort, after }: Find): Part[] {
  const field = column(sort.field);
  const direction = sort.descending ? -1 : 1;
  const conditions = where.map(condition);
  const part = (bounds: Filter<Stored>[], by: Sort): Part => {
    const all = [...conditions, ...bounds];
    return { filter: all.length === 0 ? {} : { $and: all }, sort: by };
  };
  const further = sort.descending ? '$lt' : '$gt';
  if (field === '_id') {
    const bounds = after === undefined ? [] : [{ _id: { [further]: after.id } } as Filter<Stored>];
    return [part(bounds, { _id: direction })];
  }
  const values = (bounds: Filter<Stored>[] = []) =>
    part([{ [field]: { $ne: null } }, ...bounds], { [field]: direction, _id: direction });
  const nulls = (bounds: Filter<Stored>[] = []) => part([{ [field]: null }, ...bounds], { _id: direction });
  if (after === undefined) return sort.descending ? [nulls(), values()] : [values(), nulls()];
  const tie = { _id: { [further]: after.id } } as Filter<Stored>;
  if (after.value === null) return sort.descending ? [nulls([tie]), values()] : [nulls([tie])];
  const beyond = {
    // Outside of the alternatives, as the bound that an index starts from.
    [field]: { [`${further}e`]: after.value },
    $or: [{ [field]: { [further]: after.value } }, tie],
  };
  return sort.descending ? [values([beyond])] : [values([beyond]), nulls()];
}

/**
 * To MongoDB a list is equal to each of its items, and null; to the port it is neither. The type is named because a
 * partial index serves only queries that repeat its condition.
 */
function condition({ field, operator, value }: Condition): Filter<Stored> {
  const name = column(field);
  const noList = { $not: { $type: 'array' } };
  if (operator === 'has') return { [name]: value };
  if (value === null) return { [name]: { $eq: null, ...noList } };
  const compare = operator === 'equal' ? '$eq' : `$${operator}`;
  return { [name]: { [compare]: value, $type: SCALARS, ...noList } };
}
