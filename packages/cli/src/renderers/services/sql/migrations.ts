/**
 * Migrations only grow: what a database may have seen stays as it is, and what changed since becomes the next files.
 * `schema.json` beside them remembers the tables as they are after the last one.
 */
import type { PlannedFile } from '../../../files/planned-file.ts';
import type { Service } from '../../../model/stack.ts';
import type { RenderContext } from '../../renderer.ts';
import { type Change, changesOf } from './change.ts';
import {
  type LostHistory,
  migrationsOf,
  number,
  readHistory,
  type Snapshot,
  type TwoHistories,
} from './history.ts';
import { renameTables } from './rename-statements.ts';
import { type RenameProblem, resolveRenames } from './renames.ts';
import { addForeignKey, createTable, dropForeignKey } from './statements.ts';
import { type Column, type Table, identifier, tableOf } from './table.ts';

export interface Migrations {
  readonly files: readonly PlannedFile[];
  /** Why the files may not be written: to be shown together with those of the other services. */
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  /** `destructive` ones pass with --allow-destructive; `lost`: files are missing that cannot be made up. */
  readonly kind: 'destructive' | 'blocked' | 'lost';
  readonly message: string;
  /** What to do, where it is not the same for all of the kind. */
  readonly next?: readonly string[];
}

/** A migration of a blueprint: its text, and its name without the number. */
export interface GivenMigration {
  readonly name: string;
  readonly content: string;
}

/** A migration without its number. */
interface Step {
  readonly name: string;
  readonly content: string;
  readonly destroys: readonly string[];
  readonly blocked: readonly string[];
  /** The tables once it has run. */
  readonly tables: readonly Table[];
}

export function renderMigrations(
  service: Service,
  given: readonly GivenMigration[],
  context: RenderContext,
): Migrations {
  const folder = migrationsOf(service.name);
  const tables = service.entities.map((entity) => tableOf(entity, service));
  const history = readHistory(
    service,
    tables.map(({ name }) => name),
    context,
  );
  if ('earlier' in history) return { files: [], refusals: [taken(service, history)] };
  if (!('texts' in history)) return { files: [], refusals: [lost(history)] };
  const steps = [
    ...given
      .filter(({ name }) => !history.migrations.some((file) => slug(file) === name))
      .map(
        ({ name, content }): Step => ({ name, content, destroys: [], blocked: [], tables: history.tables }),
      ),
    ...nextSteps(history.tables, tables),
  ];
  const refusals = refusalsOf(service, steps, context.allowDestructive);
  const origin = `services/${service.name}`;
  const files: PlannedFile[] = [...history.texts].map(([name, content]) => ({
    path: `${folder}/${name}`,
    content,
    origin,
    ownership: 'once',
  }));
  let last = Math.max(0, ...history.names.map(number));
  let before: Snapshot = { migrations: history.migrations, tables: history.tables };
  for (const step of steps) {
    // A run that was killed may have written the file, but not yet the snapshot.
    const written = history.names.find(
      (name) =>
        !before.migrations.includes(name) &&
        slug(name) === step.name &&
        context.existing(`${folder}/${name}`) === step.content,
    );
    const name = written ?? `${String(++last).padStart(4, '0')}_${step.name}.sql`;
    files.push({
      path: `${folder}/${name}`,
      content: step.content,
      origin,
      ownership: 'once',
      ...(written === undefined && { draft: before }),
    });
    before = { migrations: [...before.migrations, name], tables: step.tables };
  }
  if (before.migrations.length === 0 && !history.known) return { files: [], refusals };
  return { files: [...files, snapshotFile(folder, origin, { ...before, tables }, history.gone)], refusals };
}

const snapshotFile = (
  folder: string,
  origin: string,
  snapshot: Snapshot,
  replaces: readonly string[],
): PlannedFile => ({
  path: `${folder}/schema.json`,
  content: `${JSON.stringify({ migrations: snapshot.migrations, tables: snapshot.tables }, null, 2)}\n`,
  origin,
  ownership: 'kept',
  replaces,
});

function refusalsOf(service: Service, steps: readonly Step[], allowDestructive: boolean): Refusal[] {
  const refusal =
    (kind: Refusal['kind']) =>
    (message: string): Refusal => ({ kind, message: `${service.name}: ${message}` });
  return steps.flatMap(({ destroys, blocked }) => [
    ...(allowDestructive ? [] : destroys.map(refusal('destructive'))),
    ...blocked.map(refusal('blocked')),
  ]);
}

function lost({ folder, missing, restorable }: LostHistory): Refusal {
  const [first = ''] = missing;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return {
    kind: 'lost',
    message: `${folder}/${first}${more} ${missing.length > 1 ? 'are' : 'is'} missing: what a database may have applied has to be there, whole`,
    next: [
      ...(restorable
        ? [`bring the files back as they were generated: hometrip generate --restore ${folder}`]
        : []),
      `or restore ${folder} from version control`,
    ],
  };
}

const taken = ({ name, renamedFrom = '' }: Service, { folder }: TwoHistories): Refusal => ({
  kind: 'blocked',
  message: `${name} is to take over the data of ${renamedFrom}, and has migrations of its own (${folder}), which a database may have seen`,
  next: [
    `give the service a name that it never had, with renamedFrom: ${renamedFrom}`,
    'or take renamedFrom away: then each keeps its own data',
  ],
});

const slug = (file: string): string => file.replace(/^\d+_/, '').replace(/\.sql$/, '');

function nextSteps(snapshot: readonly Table[], after: readonly Table[]): Step[] {
  const named = (table: Table) => ({ name: table.entity, renamedFrom: table.renamedFrom, table });
  const { kept, gone, added, problems } = resolveRenames(snapshot.map(named), after.map(named));
  const steps: Step[] = [];
  let state = [...snapshot];
  const push = (name: string, changes: readonly Change[], tables: readonly Table[]): void => {
    state = [...tables];
    if (changes.length > 0) steps.push(step(name, changes, state));
  };
  for (const problem of problems)
    push('', [tableProblem(snapshot, problem.after.table, problem.kind)], state);

  const pairs = kept.map(([was, is]) => [was.table, is.table] as const);
  const rename = renameTables(pairs);
  if (rename !== undefined) push(rename.name, [rename], renamed(state, pairs));
  const before = new Map(pairs.map(([was, is]) => [is.name, state[snapshot.indexOf(was)] ?? was]));

  const created = referencedFirst(added.map(({ table }) => table));
  for (const table of created)
    push(`create_${table.name}`, [createChange(table, created, state)], grown(state, table, created));
  for (const [name, was] of before) {
    const table = after.find((one) => one.name === name);
    if (table === undefined) continue;
    const changes = changesOf(was, table);
    push(
      changes.length === 0 ? '' : changeName(table, changes),
      changes,
      state.map((one) => (one.name === name ? table : one)),
    );
  }
  const fresh = added.map(({ table }) => table);
  for (const table of referencedFirst(gone.map(({ table }) => table)).reverse())
    push(
      `drop_${table.name}`,
      [dropChange(table, fresh)],
      state.filter((one) => one.name !== table.name),
    );
  return steps;
}

/** Tables under their new names, also where others refer to them. */
function renamed(tables: readonly Table[], pairs: readonly (readonly [Table, Table])[]): Table[] {
  const names = new Map(pairs.map(([was, is]) => [was.name, is]));
  return tables.map((table) => ({
    ...table,
    entity: names.get(table.name)?.entity ?? table.entity,
    name: names.get(table.name)?.name ?? table.name,
    renamedFrom: names.get(table.name)?.renamedFrom,
    columns: table.columns.map((column) => ({
      ...column,
      references:
        column.references === undefined
          ? undefined
          : (names.get(column.references)?.name ?? column.references),
    })),
  }));
}

function tableProblem(before: readonly Table[], table: Table, kind: RenameProblem<Table>['kind']): Change {
  const from = table.renamedFrom ?? '';
  return {
    name: '',
    up: [],
    down: [],
    blocked:
      kind === 'taken'
        ? `${table.entity} is to take over the records of ${from}, and has records of its own: take the old ${table.entity} away first, or choose another name`
        : `${table.entity} says $renamedFrom: ${from}, which was never there (there are ${before.map(({ entity }) => entity).join(', ')})`,
  };
}

/** With the new table. Foreign keys to tables that are still to come are missing, and come with those. */
function grown(state: readonly Table[], table: Table, created: readonly Table[]): Table[] {
  const there = new Set([...state.map(({ name }) => name), table.name]);
  const whole = new Map(created.map((one) => [one.name, one]));
  return [...state, table].map((one) => {
    const { columns, ...rest } = whole.get(one.name) ?? one;
    const resolved = ({ references }: Column) => references === undefined || there.has(references);
    return {
      ...rest,
      columns: columns.map((column) => (resolved(column) ? column : { ...column, references: undefined })),
    };
  });
}

/** Also adds the foreign keys of tables that were created before it although they refer to it. */
function createChange(table: Table, created: readonly Table[], state: readonly Table[]): Change {
  const exists = new Set(state.map(({ name }) => name));
  const waiting = created.filter(({ name }) => name !== table.name && exists.has(name));
  const late = waiting.flatMap((other) =>
    other.columns.filter(({ references }) => references === table.name).map((column) => ({ other, column })),
  );
  return {
    name: '',
    up: [
      ...createTable(table, (name) => exists.has(name)),
      ...late.map(({ other, column }) => addForeignKey(other.name, column, table.name)),
    ],
    down: [
      ...late.map(({ other, column }) => dropForeignKey(other.name, column)),
      `drop table ${identifier(table.name)};`,
    ],
  };
}

/** @param fresh New tables of the same change: one of them may be the same under another name. */
function dropChange(table: Table, fresh: readonly Table[]): Change {
  const fields = new Set(table.columns.map(({ field }) => field));
  const same = fresh.find(
    ({ columns }) => columns.filter(({ field }) => fields.has(field)).length * 2 > columns.length,
  );
  return {
    name: '',
    up: [`drop table ${identifier(table.name)};`],
    down: createTable(table, () => true),
    destroys: `${table.entity} is gone, and with it its table ${table.name}${
      same === undefined
        ? ''
        : `; if it is ${same.entity} now, say so and its records stay: ${same.entity}: { $renamedFrom: ${table.entity}, … }`
    }`,
  };
}

function step(name: string, changes: readonly Change[], tables: readonly Table[]): Step {
  const up = changes.flatMap((change) => change.up);
  const down = [...changes].reverse().flatMap((change) => change.down);
  return {
    name: name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]/g, '')
      .slice(0, 80),
    content: `-- up\n${up.join('\n')}\n\n-- down\n${down.join('\n')}\n`,
    destroys: changes.flatMap(({ destroys }) => destroys ?? []),
    blocked: changes.flatMap(({ blocked }) => blocked ?? []),
    tables,
  };
}

function changeName(table: Table, changes: readonly Change[]): string {
  const names = [...new Set(changes.map(({ name }) => name))];
  const [name = ''] = names;
  if (names.length > 1) return `change_${table.name}`;
  return name.includes(`_${table.name}_`)
    ? name
    : `${name}_${name.startsWith('add_') ? 'to' : 'of'}_${table.name}`;
}

/** Tables after those they refer to, where that is possible; otherwise as declared. */
function referencedFirst(tables: readonly Table[]): Table[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const done = new Set<Table>();
  const visit = (table: Table, path: ReadonlySet<Table>) => {
    if (done.has(table) || path.has(table)) return;
    for (const { references } of table.columns) {
      const target = references === undefined ? undefined : byName.get(references);
      if (target !== undefined) visit(target, new Set([...path, table]));
    }
    done.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...done];
}
