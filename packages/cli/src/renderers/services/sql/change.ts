/** What turns one version of a table into the next, and back. */
import { renameColumns, withColumnNames } from './rename-statements.ts';
import { type RenameProblem, resolveRenames } from './renames.ts';
import {
  addCheck,
  addForeignKey,
  checkOf,
  columnDefinition,
  dropCheck,
  dropForeignKey,
  type Index,
  indexesOf,
} from './statements.ts';
import { type Column, type Table, identifier, sqlString } from './table.ts';

export interface Change {
  /** For the file's name: `add_subtitle`. */
  readonly name: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** What it loses, naming entity and field; undefined when it loses nothing. */
  readonly destroys?: string;
  /** What the user must decide first; undefined when nothing stands in the way. */
  readonly blocked?: string;
}

/** @param original As the snapshot has it; its table may still have an earlier name, which is gone when these changes run. */
export function changesOf(original: Table, after: Table): Change[] {
  const named = { ...original, name: after.name };
  const { kept, gone, added: fresh, problems } = columnRenames(named, after);
  const pairs = kept.map(([was, is]) => [was, is.name] as const);
  const before: Table = { ...withColumnNames(named, pairs), indexNames: after.indexNames };
  const changes: Change[] = [
    ...problems.map((problem): Change => renameProblem(named, after, problem)),
    ...renameColumns(named, pairs, after.indexNames),
  ];
  const previousOf = new Map(kept.map(([was, is]) => [is.name, { ...was, name: is.name }]));
  const indexesBefore = indexesOf(before);
  const indexesAfter = indexesOf(after);
  // With a column that is replaced, the server drops the indexes that it is part of.
  const replaced = new Set(
    after.columns
      .filter(({ name, type }) => {
        const was = previousOf.get(name)?.type ?? type;
        return was !== type && typeChange(was, type) === 'other';
      })
      .map(({ name }) => name),
  );
  const without = (others: ReadonlyMap<string, Index>) => (entry: readonly [string, Index]) =>
    !others.has(entry[0]) || entry[1].columns.some((column) => replaced.has(column));
  const dropped = [...indexesBefore].filter(without(indexesAfter));
  const added = [...indexesAfter].filter(without(indexesBefore));
  // Indexes go before their columns and come after them.
  for (const [name, { create }] of dropped)
    changes.push({ name: `drop_${name}`, up: [`drop index ${name};`], down: [create] });
  for (const column of gone) changes.push(dropColumn(before, column, fresh));
  for (const column of after.columns) {
    const previous = previousOf.get(column.name);
    if (previous === undefined) changes.push(addColumn(after, column));
    else changes.push(...alterColumn(after, previous, column));
  }
  for (const [name, { create }] of added)
    changes.push({ name: `add_${name}`, up: [create], down: [`drop index ${name};`] });
  return changes;
}

const place = (table: Table, column: Column): string => `${table.entity}.${column.field}`;

/** Columns are the same when their fields are: under other rules for names, a field keeps its values. */
function columnRenames(before: Table, after: Table) {
  const named = (column: Column) => ({ name: column.field, renamedFrom: column.renamedFrom, column });
  const { kept, gone, added, problems } = resolveRenames(before.columns.map(named), after.columns.map(named));
  return {
    kept: kept.map(([was, is]) => [was.column, is.column] as const),
    gone: gone.map(({ column }) => column),
    added: added.map(({ column }) => column),
    problems: problems.map(({ kind, after: { column } }) => ({ kind, column })),
  };
}

function renameProblem(
  before: Table,
  after: Table,
  { kind, column }: { readonly kind: RenameProblem<Column>['kind']; readonly column: Column },
): Change {
  const from = column.renamedFrom ?? '';
  const fields = before.columns.map(({ field }) => field);
  return {
    name: `rename_${column.name}`,
    up: [],
    down: [],
    blocked:
      kind === 'taken'
        ? `${place(after, column)} is to take over the values of ${from}, and has values of its own: take the old ${column.field} away first, or choose another name`
        : `${place(after, column)} says renamedFrom: ${from}, which ${before.entity} never had (it has ${fields.join(', ') || 'no fields'})`,
  };
}

/** @param fresh New columns of the same change: one of them may be the same under another name. */
function dropColumn(table: Table, column: Column, fresh: readonly Column[] = []): Change {
  const same = fresh.find((other) => other.type === column.type && other.references === column.references);
  return {
    name: `drop_${column.name}`,
    up: [`alter table ${identifier(table.name)} drop column ${identifier(column.name)};`],
    // The values are gone: coming back, the column is empty, and may stay so.
    down: [
      `alter table ${identifier(table.name)} add column ${columnDefinition({ ...column, nullable: column.default === undefined })};`,
      ...constraints(table, column),
    ],
    destroys: `${place(table, column)} is gone, and with it its values${
      same === undefined
        ? ''
        : `; if it is ${same.field} now, say so and they stay: ${same.field}: { type: …, renamedFrom: ${column.field} }`
    }`,
  };
}

const constraints = (table: Table, column: Column): string[] => [
  ...addCheck(table.name, column),
  ...(column.references === undefined ? [] : [addForeignKey(table.name, column, column.references)]),
];

function addColumn(table: Table, column: Column): Change {
  const name = identifier(table.name);
  const add = (definition: string) => `alter table ${name} add column ${definition};`;
  const change = {
    name: `add_${column.name}`,
    down: [`alter table ${name} drop column ${identifier(column.name)};`],
  };
  if (column.nullable || column.default !== undefined)
    return { ...change, up: [add(columnDefinition(column)), ...constraints(table, column)] };
  const backfill = table.unique.some(([first, ...rest]) => first === column.name && rest.length === 0)
    ? undefined
    : backfillOf(column);
  if (backfill === undefined) {
    return {
      ...change,
      up: [],
      blocked: `${place(table, column)} is new and required, and existing records have no value for it`,
    };
  }
  const filled = `-- Rows from before get ${backfill}; a default in services.yaml chooses another value.`;
  const up = backfill.startsWith('created_at')
    ? [
        add(columnDefinition({ ...column, nullable: true })),
        `update ${name} set ${identifier(column.name)} = ${backfill};`,
        `alter table ${name} alter column ${identifier(column.name)} set not null;`,
      ]
    : [
        add(columnDefinition(column, backfill)),
        `alter table ${name} alter column ${identifier(column.name)} drop default;`,
      ];
  return { ...change, up: [filled, ...up, ...constraints(table, column)] };
}

/** The value that says least, for rows from before a required field without default; undefined where any value would be a lie. */
function backfillOf({ type, min, max, values, references }: Column): string | undefined {
  if (references !== undefined) return undefined;
  if (type.endsWith('[]')) return "'{}'";
  if (values?.[0] !== undefined) return sqlString(values[0]);
  if (type.startsWith('varchar')) return "'-'";
  switch (type) {
    case 'boolean':
      return 'false';
    case 'jsonb':
      return "'{}'";
    case 'date':
      return 'created_at::date';
    case 'timestamptz(3)':
      return 'created_at';
    case 'integer':
    case 'bigint':
    case 'double precision':
      return String(Math.max(min ?? -Infinity, Math.min(max ?? Infinity, 0)));
    default:
      return undefined;
  }
}

/** @param original As it was, for telling what gets narrower, when its check is gone already. */
function alterColumn(table: Table, before: Column, after: Column, original = before): Change[] {
  const name = identifier(table.name);
  const column = identifier(after.name);
  const alter = (what: string) => `alter table ${name} alter column ${column} ${what};`;
  if (before.type !== after.type) {
    const kind = typeChange(before.type, after.type);
    if (kind === 'other') return [replaceColumn(table, before, after)];
    const [widen, narrow] = [
      (type: string) => alter(`type ${type}`),
      (type: string) => alter(`type ${type} using ${column}::${type}`),
    ];
    const type: Change = {
      name: `change_${after.name}`,
      up: [kind === 'wider' ? widen(after.type) : narrow(after.type)],
      down: [kind === 'wider' ? narrow(before.type) : widen(before.type)],
      ...(kind === 'narrower' && {
        destroys: `${place(table, after)} shrinks from ${before.type} to ${after.type}: longer values are cut`,
      }),
    };
    // Default and check are expressions of the old type: they go before, and come back after.
    const bare: Column = { ...before, default: undefined, min: undefined, max: undefined, values: undefined };
    return [
      ...alterColumn(table, before, bare),
      type,
      ...alterColumn(table, { ...bare, type: after.type }, after, before),
    ];
  }
  const changes: Change[] = [];
  const push = (up: readonly string[], down: readonly string[], rest: Partial<Change> = {}) =>
    changes.push({ name: `change_${after.name}`, up, down, ...rest });
  const setDefault = ({ default: value }: Column) =>
    alter(value === undefined ? 'drop default' : `set default ${value}`);
  if (before.default !== after.default) push([setDefault(after)], [setDefault(before)]);
  if (checkOf(before) !== checkOf(after)) {
    push(
      [...dropCheck(table.name, before), ...addCheck(table.name, after)],
      [...dropCheck(table.name, after), ...addCheck(table.name, before)],
      narrowing(table, original, after),
    );
  }
  if (before.references !== after.references) {
    const steps = (from: Column, to: Column) => [
      ...(from.references === undefined ? [] : [dropForeignKey(table.name, from)]),
      ...(to.references === undefined ? [] : [addForeignKey(table.name, to, to.references)]),
    ];
    push(steps(before, after), steps(after, before));
  }
  if (before.nullable && !after.nullable) {
    const value = after.default ?? backfillOf(after);
    if (value === undefined)
      push([], [], {
        blocked: `${place(table, after)} becomes required, and existing records may have no value for it`,
      });
    else
      push(
        [`update ${name} set ${column} = ${value} where ${column} is null;`, alter('set not null')],
        [alter('drop not null')],
      );
  }
  if (!before.nullable && after.nullable) {
    const value = before.default ?? backfillOf(before);
    push(
      [alter('drop not null')],
      [
        ...(value === undefined ? [] : [`update ${name} set ${column} = ${value} where ${column} is null;`]),
        alter('set not null'),
      ],
    );
  }
  return changes;
}

function replaceColumn(table: Table, before: Column, after: Column): Change {
  const drop = dropColumn(table, before);
  const add = addColumn(table, after);
  return {
    name: `replace_${after.name}`,
    up: [...drop.up, ...add.up],
    down: [...add.down, ...drop.down],
    destroys: `${place(table, after)} changes from ${before.type} to ${after.type}: its values are lost`,
    ...(add.blocked !== undefined && { blocked: add.blocked }),
  };
}

const width = (type: string): number =>
  Number(
    /^varchar\((\d+)\)/.exec(type)?.[1] ?? (type.startsWith('text') ? Number.POSITIVE_INFINITY : Number.NaN),
  );
const numbers = ['integer', 'bigint', 'double precision'];

/** Wider: every value fits. Narrower: the same kind of value, and some do not fit. */
function typeChange(before: string, after: string): 'wider' | 'narrower' | 'other' {
  if (before.endsWith('[]') !== after.endsWith('[]')) return 'other';
  const [from, to] = [width(before), width(after)];
  if (!Number.isNaN(from) && !Number.isNaN(to)) return to > from ? 'wider' : 'narrower';
  if (before === 'integer' && numbers.includes(after)) return 'wider';
  if (after === 'integer' && before === 'bigint') return 'narrower';
  return 'other';
}

/** A check that forbids what it allowed: rows that break it stop the migration, so nothing is lost unseen, but it has to be meant. */
function narrowing(table: Table, before: Column, after: Column): Partial<Change> {
  const lost = (before.values ?? []).filter(
    (value) => after.values !== undefined && !after.values.includes(value),
  );
  if (lost.length > 0)
    return {
      destroys: `${place(table, after)} may no longer be ${lost.join(' or ')}: records where it is have to be changed first`,
    };
  if (before.values === undefined && after.values !== undefined)
    return {
      destroys: `${place(table, after)} may only be ${after.values.join(', ')} now: records where it is something else have to be changed first`,
    };
  const tighter =
    (after.min ?? -Infinity) > (before.min ?? -Infinity) ||
    (after.max ?? Infinity) < (before.max ?? Infinity);
  return tighter
    ? {
        destroys: `${place(table, after)} has a narrower range: records outside of it have to be changed first`,
      }
    : {};
}
