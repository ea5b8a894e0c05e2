/** Lists: what clients may ask for, and what they get. */
import { z } from 'zod';

/** Undefined cursor: the first page. */
export interface ListQuery<F = Record<string, never>> {
  readonly limit: number;
  readonly cursor: string | undefined;
  /** A field name; with a minus before it, descending. */
  readonly sort: string;
  readonly filters: F;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** `params` of a route like `/wishlists/:id`: a UUID. */
export const IdParams = z.object({ id: z.uuid() });

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

/**
 * `?limit=20&cursor=…&sort=-createdAt&owner=…`. Unknown parameters are refused: a filter with a typo would otherwise
 * look like one that matches everything. The default order is the newest first, or the first of `sortable`.
 */
export function listQuery<F extends z.ZodRawShape = {}>(options: {
  readonly filters?: z.ZodObject<F> | undefined;
  readonly sortable?: readonly string[] | undefined;
}): z.ZodType<ListQuery<z.output<z.ZodObject<F>>>> {
  const sortable = options.sortable ?? [];
  const orders = sortable.flatMap((field) => [field, `-${field}`]);
  const fallback = sortable.includes('createdAt') || sortable[0] === undefined ? '-createdAt' : sortable[0];
  const paging = {
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('How many items at most.'),
    cursor: z.string().min(1).max(1024).optional().describe('`nextCursor` of the page before.'),
    ...(orders.length === 0 ? {} : { sort: z.enum(orders).default(fallback).describe('Minus: descending.') }),
  };
  const shape = options.filters?.shape ?? {};
  const taken = Object.keys(shape).filter((name) => name in paging);
  if (taken.length > 0) throw new Error(`The filter ${taken[0]} has the name of a paging parameter.`);
  return z.strictObject({ ...paging, ...shape }).transform((values: Record<string, unknown>) => {
    const { limit, cursor, sort = fallback, ...filters } = values;
    return { limit, cursor, sort, filters };
  }) as unknown as z.ZodType<ListQuery<z.output<z.ZodObject<F>>>>;
}

const pages = new WeakMap<z.ZodType, z.ZodType>();

/** The response schema of a list; `WishlistPage` in the documentation when the item's schema is named `Wishlist`. */
export function page<S extends z.ZodType>(item: S): z.ZodType<Page<z.output<S>>> {
  let schema = pages.get(item);
  if (schema === undefined) {
    const id = item.meta()?.id;
    const plain = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
    // Made once for each item schema: an id names one schema only.
    schema = id === undefined ? plain : plain.meta({ id: `${id}Page` });
    pages.set(item, schema);
  }
  return schema as z.ZodType<Page<z.output<S>>>;
}
