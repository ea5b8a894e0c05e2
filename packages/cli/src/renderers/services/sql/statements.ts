/** SQL text of the parts of a table. */
import { type Column, type Table, constraintName, identifier, indexName, sqlString } from './table.ts';

export const constraintOf = (table: string, column: Column): string =>
  constraintName(table, column.name, 'check');
export const foreignKeyOf = (table: string, column: Column): string =>
  constraintName(table, column.name, 'fkey');

/** Undefined for columns whose type says it all. */
export function checkOf({ name, type, min, max, values }: Column): string | undefined {
  const column = identifier(name);
  if (values !== undefined) {
    const list = values.map(sqlString).join(', ');
    return type.endsWith('[]') ? `${column} <@ array[${list}]` : `${column} in (${list})`;
  }
  if (min !== undefined && max !== undefined) return `${column} between ${min} and ${max}`;
  return min !== undefined ? `${column} >= ${min}` : max !== undefined ? `${column} <= ${max}` : undefined;
}

export function columnDefinition(column: Column, fallback: string | undefined = column.default): string {
  return [
    identifier(column.name),
    column.type,
    ...(column.nullable ? [] : ['not null']),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ].join(' ');
}

const checkClause = (table: string, column: Column): string | undefined => {
  const check = checkOf(column);
  return check && `constraint ${constraintOf(table, column)} check (${check})`;
};

const foreignKeyClause = (table: string, column: Column, target: string): string =>
  `constraint ${foreignKeyOf(table, column)} foreign key (${identifier(column.name)}) references ${identifier(target)} (id) on delete cascade`;

export const addCheck = (table: string, column: Column): string[] => {
  const clause = checkClause(table, column);
  return clause === undefined ? [] : [`alter table ${identifier(table)} add ${clause};`];
};
export const dropCheck = (table: string, column: Column): string[] =>
  checkOf(column) === undefined
    ? []
    : [`alter table ${identifier(table)} drop constraint ${constraintOf(table, column)};`];
export const addForeignKey = (table: string, column: Column, target: string): string =>
  `alter table ${identifier(table)} add ${foreignKeyClause(table, column, target)};`;
export const dropForeignKey = (table: string, column: Column): string =>
  `alter table ${identifier(table)} drop constraint ${foreignKeyOf(table, column)};`;

const isUnique = (table: Table, column: string): boolean => table.unique.some(([first]) => first === column);

export interface Index {
  readonly columns: readonly string[];
  readonly create: string;
}

/** Indexes that a table has, by name: the default order, the owner's rows, what refers to something. */
export function indexesOf(table: Table): ReadonlyMap<string, Index> {
  const indexes = new Map<string, Index>();
  const nameOf = table.indexNames === undefined ? constraintName : indexName;
  const hashed = new Set(table.hashed);
  const add = (kind: 'unique index' | 'index', columns: readonly string[]) => {
    const digests = kind === 'unique index' && columns.some((column) => hashed.has(column));
    const suffix = kind === 'index' ? 'index' : digests ? 'md5_key' : 'key';
    const name = nameOf(table.name, ...columns, suffix);
    const keys = columns.map((column) =>
      digests && hashed.has(column) ? `md5(${identifier(column)})` : identifier(column),
    );
    const create = `create ${kind} ${name} on ${identifier(table.name)} (${keys.join(', ')});`;
    indexes.set(name, { columns, create });
  };
  add('index', ['created_at', 'id']);
  for (const columns of table.unique) add('unique index', columns);
  if (table.owner !== undefined && !isUnique(table, table.owner))
    add('index', [table.owner, 'created_at', 'id']);
  for (const { name, references } of table.columns)
    if (references !== undefined && !isUnique(table, name)) add('index', [name]);
  return indexes;
}

/** @param exists Whether a table is there already: foreign keys to others are added when those are created. */
export function createTable(table: Table, exists: (table: string) => boolean): string[] {
  const lines = [
    'id uuid primary key',
    ...table.columns.map((column) => columnDefinition(column)),
    'revision integer not null default 1',
    'created_at timestamptz(3) not null default now()',
    'updated_at timestamptz(3) not null default now()',
    ...table.columns.flatMap((column) => checkClause(table.name, column) ?? []),
    ...table.columns.flatMap((column) =>
      column.references !== undefined && (column.references === table.name || exists(column.references))
        ? [foreignKeyClause(table.name, column, column.references)]
        : [],
    ),
  ];
  return [
    `create table ${identifier(table.name)} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);`,
    ...[...indexesOf(table).values()].map(({ create }) => create),
  ];
}
