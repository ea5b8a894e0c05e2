/** What is there already under another name: renamed, since dropping and adding would lose what it holds. */
import type { Change } from './change.ts';
import { checkOf, constraintOf, foreignKeyOf, indexesOf } from './statements.ts';
import { type Column, type Table, identifier } from './table.ts';

/**
 * Columns are the same when their fields are. Constraints and indexes are called after table and columns, and follow them.
 * @returns The steps, and the table as it is after them.
 */
export function renamesOf(before: Table, after: Table): { changes: Change[]; table: Table } {
  const columns = new Map(
    before.columns.map((column) => [
      column.name,
      after.columns.find(({ field }) => field === column.field)?.name ?? column.name,
    ]),
  );
  const now = (column: string) => columns.get(column) ?? column;
  const table: Table = {
    ...before,
    name: after.name,
    columns: before.columns.map((column) => ({ ...column, name: now(column.name) })),
    unique: before.unique.map((names) => names.map(now)),
    owner: before.owner === undefined ? undefined : now(before.owner),
    indexNames: after.indexNames,
  };
  const change = (what: string, names: readonly [string, string], step: Rename): Change[] =>
    names[0] === names[1]
      ? []
      : [{ name: `rename_${what}`, up: [step(...names)], down: [step(names[1], names[0])] }];
  const place = identifier(after.name);
  const pairs = before.columns.map((column, index): [Column, Column] => [
    column,
    table.columns[index] ?? column,
  ]);
  return {
    table,
    changes: [
      ...change(
        'table',
        [before.name, after.name],
        (from, to) => `alter table ${identifier(from)} rename to ${identifier(to)};`,
      ),
      ...pairs.flatMap(([from, to]) =>
        change(
          from.name,
          [from.name, to.name],
          (one, other) => `alter table ${place} rename column ${identifier(one)} to ${identifier(other)};`,
        ),
      ),
      ...pairs
        .flatMap(([from, to]) => [
          ...(checkOf(from) === undefined
            ? []
            : [[constraintOf(before.name, from), constraintOf(after.name, to)] as const]),
          ...(from.references === undefined
            ? []
            : [[foreignKeyOf(before.name, from), foreignKeyOf(after.name, to)] as const]),
        ])
        .flatMap((names) =>
          change(
            'constraints',
            names,
            (from, to) => `alter table ${place} rename constraint ${from} to ${to};`,
          ),
        ),
      ...zip([...indexesOf(before).keys()], [...indexesOf(table).keys()]).flatMap((names) =>
        change('indexes', names, (from, to) => `alter index ${from} rename to ${to};`),
      ),
    ],
  };
}

type Rename = (from: string, to: string) => string;

const zip = (left: readonly string[], right: readonly string[]): [string, string][] =>
  left.map((name, index) => [name, right[index] ?? name]);
