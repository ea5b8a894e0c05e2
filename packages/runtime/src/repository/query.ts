import { badRequest, conflict, notFound, preconditionFailed, type ProblemError } from '../http/problem.ts';
import { decodeCursor, resume, type LongPosition, type Position } from './cursor.ts';
import { filterableOf, type FilterValue, type RepositoryOptions, type RepositoryQuery } from './port.ts';

/** A query with everything checked and decided. */
export interface ListPlan {
  readonly sort: string;
  readonly field: string;
  readonly descending: boolean;
  readonly limit: number;
  readonly after: Position | LongPosition | undefined;
  readonly filters: readonly {
    readonly field: string;
    readonly value: Exclude<FilterValue, undefined>;
    readonly list: boolean;
  }[];
}

/** @throws ProblemError 400 for fields that one may not sort or filter by, and for a cursor that does not belong here. */
export function planList<T>(
  { limit = 20, cursor, sort = '-createdAt', filters = {} }: RepositoryQuery,
  options: RepositoryOptions<T>,
): ListPlan {
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  const sortable: readonly string[] = ['createdAt', 'updatedAt', ...(options.sortable ?? [])];
  if (!sortable.includes(field))
    throw badRequest(`There is no order by ${field}. Known: ${sortable.join(', ')}.`, 'invalid-sort');
  const filterable = filterableOf(options);
  const lists: readonly string[] = options.lists ?? [];
  const conditions = Object.entries(filters as Record<string, FilterValue>).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!filterable.includes(name))
      throw badRequest(
        `There is no filter by ${name}. Known: ${filterable.join(', ') || 'none'}.`,
        'invalid-filter',
      );
    return [{ field: name, value, list: lists.includes(name) }];
  });
  return {
    sort,
    field,
    descending,
    limit: Math.max(1, Math.min(1_000, Math.trunc(limit))),
    after: cursor === undefined ? undefined : decodeCursor(sort, cursor),
    filters: conditions,
  };
}

/** Where the page begins. @param read The row of this id as it is now. */
export async function startOf(
  { after, field, descending }: ListPlan,
  read: (id: string) => Promise<object | undefined>,
): Promise<Position | undefined> {
  if (after === undefined || !('prefix' in after)) return after;
  const row = (await read(after.id)) as Record<string, unknown> | undefined;
  return resume(after, row?.[field], descending);
}

export const stale = (label: string, current: number): ProblemError =>
  preconditionFailed(
    `This ${label} has changed meanwhile (it has revision ${current} now): read it again and retry.`,
  );

/** Why a conditional write matched nothing. */
export function missed(label: string, current: { readonly revision: number } | undefined): ProblemError {
  return current === undefined ? notFound(label) : stale(label, current.revision);
}

export function duplicate(label: string, fields: readonly string[], cause?: unknown): ProblemError {
  const names = fields.length === 0 ? 'these values' : `this ${fields.join(' and ')}`;
  const errors = fields.map((field) => ({
    path: `body.${field}`,
    message: 'exists already',
    code: 'not_unique',
  }));
  const problem = conflict(`There is a ${label} with ${names} already.`, 'duplicate', errors);
  problem.cause = cause;
  return problem;
}
