import { randomUUIDv7 } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { systemClock, type Clock } from '../clock.ts';
import { joinedTransaction } from '../context.ts';
import { sqlState } from '../database/failures.ts';
import type { Db, Tx } from '../database/transaction.ts';
import type { Page } from '../http/paging.ts';
import { encodeCursor, invalid, type Position } from './cursor.ts';
import type {
  Changes,
  IfRevision,
  NewEntity,
  Repository,
  RepositoryOptions,
  RepositoryQuery,
  Stored,
} from './port.ts';
import { missed, planList, startOf, type ListPlan } from './query.ts';
import { violation } from './violations.ts';

/** A repository over a table. */
export interface SqlRepositoryOptions<T> extends RepositoryOptions<T> {
  /** camelCase or snake_case: `blockedDate`. */
  readonly table: string;
  /** Columns of type json or jsonb. */
  readonly json?: readonly (keyof T & string)[] | undefined;
  /** Those of `sortable` that hold texts: sorted by code points, whatever the database's collation is. */
  readonly texts?: readonly (keyof T & string)[] | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Entities in a table with the columns id, revision, created_at, updated_at and one per field. Lists are PostgreSQL
 * arrays. Missing values are null.
 */
export function sqlRepository<T extends Stored>(db: Db, options: SqlRepositoryOptions<T>): Repository<T, Tx> {
  const { table, json = [], texts = [], clock = systemClock } = options;
  const label = options.label ?? words(table);
  const encode = (values: object): Record<string, unknown> => {
    const row: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(values)) {
      // Without this, pg would write a JavaScript array into a json column as a PostgreSQL array.
      const isJson = value !== null && (json as readonly string[]).includes(field);
      if (value !== undefined) row[field] = isJson ? JSON.stringify(value) : value;
    }
    return row;
  };
  const within = (tx: Tx | undefined): Db => tx ?? joinedTransaction<Tx>(db) ?? db;
  const now = () => new Date(clock.now()).toISOString();
  const attempt = async <R>(write: () => Promise<R>): Promise<R> => {
    try {
      return await write();
    } catch (error) {
      throw violation(error, label);
    }
  };
  const find = async (id: string, tx: Tx | undefined): Promise<T | undefined> =>
    (await within(tx).selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()) as T | undefined;

  return {
    async list(query: RepositoryQuery = {}, tx?: Tx): Promise<Page<T>> {
      const plan = planList(query, options);
      const key = (texts as readonly string[]).includes(plan.field)
        ? sql`${sql.ref(plan.field)} collate "C"`
        : sql.ref(plan.field);
      try {
        const after = await startOf(plan, (id) => find(id, tx));
        let select = within(tx).selectFrom(table).selectAll();
        for (const { field, value, list } of plan.filters) {
          if (list && value !== null) select = select.where(sql<boolean>`${value} = any(${sql.ref(field)})`);
          else select = value === null ? select.where(field, 'is', null) : select.where(field, '=', value);
        }
        if (after !== undefined) select = select.where(beyond(key, plan.descending, after));
        select = select
          .orderBy(key, (order) => (plan.descending ? order.desc().nullsFirst() : order.asc().nullsLast()))
          .orderBy('id', plan.descending ? 'desc' : 'asc');
        // One more than asked for tells whether there is a next page.
        return toPage((await select.limit(plan.limit + 1).execute()) as T[], plan);
      } catch (error) {
        // A forged cursor may hold a value of another type than the column's.
        const forged = plan.after !== undefined && sqlState(error)?.startsWith('22') === true;
        throw forged ? invalid() : violation(error, label);
      }
    },

    get: (id, tx) => attempt(() => find(id, tx)),

    async insert(values: NewEntity<T>, tx?: Tx): Promise<T> {
      const at = now();
      const row = { id: randomUUIDv7(), ...encode(values), revision: 1, createdAt: at, updatedAt: at };
      return await attempt(
        async () =>
          (await within(tx).insertInto(table).values(row).returningAll().executeTakeFirstOrThrow()) as T,
      );
    },

    async update(id: string, changes: Changes<T>, { revision }: IfRevision = {}, tx?: Tx): Promise<T> {
      return await attempt(async () => {
        let update = within(tx)
          .updateTable(table)
          .set({ ...encode(changes), updatedAt: now(), revision: sql`revision + 1` })
          .where('id', '=', id);
        if (revision !== undefined) update = update.where('revision', '=', revision);
        const row = (await update.returningAll().executeTakeFirst()) as T | undefined;
        if (row === undefined) throw missed(label, await find(id, tx));
        return row;
      });
    },

    async delete(id: string, { revision }: IfRevision = {}, tx?: Tx): Promise<void> {
      await attempt(async () => {
        let remove = within(tx).deleteFrom(table).where('id', '=', id);
        if (revision !== undefined) remove = remove.where('revision', '=', revision);
        const { numDeletedRows } = await remove.executeTakeFirst();
        if (numDeletedRows === 0n) throw missed(label, await find(id, tx));
      });
    },
  };
}

export function toPage<T extends Stored>(rows: readonly T[], { limit, sort, field }: ListPlan): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items, nextCursor: null };
  const value = ((last as unknown as Record<string, unknown>)[field] ?? null) as
    | string
    | number
    | boolean
    | null;
  return { items, nextCursor: encodeCursor(sort, { value, id: last.id }) };
}

/** What sorts after the cursor; nulls are last ascending, first descending, which is PostgreSQL's own order. */
function beyond(key: RawBuilder<unknown>, descending: boolean, { value, id }: Position): RawBuilder<boolean> {
  if (value === null) {
    return descending
      ? sql<boolean>`(${key} is not null or id < ${id})`
      : sql<boolean>`(${key} is null and id > ${id})`;
  }
  const further = sql<boolean>`(${key}, id) ${sql.raw(descending ? '<' : '>')} (${value}, ${id})`;
  return descending ? further : sql<boolean>`(${further} or ${key} is null)`;
}

/** `blockedDate` and `blocked_date` → `blocked date` */
export const words = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
