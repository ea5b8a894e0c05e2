/** SQL that renames tables and columns together with everything that is named after them. */
import type { Change } from './change.ts';
import { inOrder } from './renames.ts';
import { checkOf, constraintOf, foreignKeyOf, indexesOf } from './statements.ts';
import { type Column, type Table, identifier } from './table.ts';

type Pair = readonly [from: string, to: string];
type Rename = (from: string, to: string) => string;
type Group = readonly [readonly Pair[], Rename];

const renameIndex: Rename = (from, to) => `alter index ${from} rename to ${to};`;

/** PostgreSQL names it, and cuts the table's part of it. */
const primaryKeyOf = (table: string): string => identifier(`${table.slice(0, 63 - '_pkey'.length)}_pkey`);

/** All tables that change their names, at once: they may change places. */
export function renameTables(pairs: readonly (readonly [before: Table, after: Table])[]): Change | undefined {
  const tables = pairs.map(([{ name: from }, { name: to }]): Pair => [identifier(from), identifier(to)]);
  const moved = pairs.filter(([before, after]) => before.name !== after.name);
  if (moved.length === 0) return undefined;
  const indexes = pairs.flatMap(([before, after]): Pair[] => [
    [primaryKeyOf(before.name), primaryKeyOf(after.name)],
    ...indexPairs(before, { ...before, name: after.name }),
  ]);
  const [first] = moved;
  return {
    name:
      first !== undefined && moved.length === 1
        ? `rename_${first[0].name}_to_${first[1].name}`
        : 'rename_tables',
    ...statements([
      [tables, (from, to) => `alter table ${from} rename to ${to};`],
      [indexes, renameIndex],
      ...moved.map(
        ([before, after]): Group => [
          constraintPairs(before, { ...before, name: after.name }),
          constraintRename(after.name),
        ],
      ),
    ]),
  };
}

/**
 * Columns of one table; `before` has the table's new name already. Indexes are renamed too when they are called by other rules now.
 * @param pairs Columns of before and their new names.
 */
export function renameColumns(
  before: Table,
  pairs: readonly (readonly [before: Column, name: string])[],
  indexNames: Table['indexNames'],
): Change[] {
  const moved = pairs.filter(([column, name]) => column.name !== name);
  const after = { ...withColumnNames(before, pairs), indexNames };
  const indexes = indexPairs(before, after);
  if (moved.length === 0 && indexes.every(([from, to]) => from === to)) return [];
  const table = identifier(before.name);
  const [first] = moved;
  return [
    {
      name:
        first === undefined
          ? 'rename_indexes'
          : moved.length === 1
            ? `rename_${first[0].name}_to_${first[1]}`
            : 'rename_columns',
      ...statements([
        [
          moved.map(([column, name]): Pair => [identifier(column.name), identifier(name)]),
          (from, to) => `alter table ${table} rename column ${from} to ${to};`,
        ],
        [constraintPairs(before, after), constraintRename(before.name)],
        [indexes, renameIndex],
      ]),
    },
  ];
}

/** The table with its columns, and what names them, under other names. */
export function withColumnNames(
  table: Table,
  pairs: readonly (readonly [before: Column, name: string])[],
): Table {
  const names = new Map(pairs.map(([column, name]) => [column.name, name]));
  const renamed = (name: string): string => names.get(name) ?? name;
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: renamed(column.name) })),
    unique: table.unique.map((list) => list.map(renamed)),
    hashed: table.hashed?.map(renamed),
    owner: table.owner === undefined ? undefined : renamed(table.owner),
  };
}

const constraintRename =
  (table: string): Rename =>
  (from, to) =>
    `alter table ${identifier(table)} rename constraint ${from} to ${to};`;

/** The same indexes in the same order, of one table under two names. */
function indexPairs(before: Table, after: Table): Pair[] {
  const names = [...indexesOf(after).keys()];
  return [...indexesOf(before).keys()].map((from, index) => [from, names[index] ?? from]);
}

function constraintPairs(before: Table, after: Table): Pair[] {
  const named = (table: Table): string[] =>
    table.columns.flatMap((column) => [
      ...(checkOf(column) === undefined ? [] : [constraintOf(table.name, column)]),
      ...(column.references === undefined ? [] : [foreignKeyOf(table.name, column)]),
    ]);
  const names = named(after);
  return named(before).map((from, index) => [from, names[index] ?? from]);
}

function statements(groups: readonly Group[]): Pick<Change, 'up' | 'down'> {
  const up: string[] = [];
  const down: string[] = [];
  for (const [pairs, rename] of groups) {
    for (const [from, to] of inOrder(pairs)) {
      up.push(rename(from, to));
      down.unshift(rename(to, from));
    }
  }
  return { up, down };
}
