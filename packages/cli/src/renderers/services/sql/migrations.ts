/**
 * Migrations only grow: what is on disk stays as it is, and what changed since the last generation becomes the next
 * files. `schema.json` beside them remembers the tables as they were.
 */
import type { PlannedFile } from '../../../files/planned-file.ts';
import type { Service } from '../../../model/stack.ts';
import type { RenderContext } from '../../renderer.ts';
import { type Change, changesOf } from './change.ts';
import { addForeignKey, createTable, dropForeignKey } from './statements.ts';
import { type Table, identifier, tableOf } from './table.ts';

export interface Migrations {
  readonly files: readonly PlannedFile[];
  /** Why the files may not be written: to be shown together with those of the other services. */
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  /** `destructive` ones pass with --allow-destructive. */
  readonly kind: 'destructive' | 'blocked';
  readonly message: string;
}

/** A migration of a blueprint: its text, and its name without the number. */
export interface GivenMigration {
  readonly name: string;
  readonly content: string;
}

interface Snapshot {
  /** Files that generation wrote, all of them, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly Table[];
}

/** A migration without its number. */
interface Step {
  readonly name: string;
  readonly content: string;
  readonly destroys: readonly string[];
  readonly blocked: readonly string[];
}

const none: Snapshot = { migrations: [], tables: [] };

export function renderMigrations(
  service: Service,
  given: readonly GivenMigration[],
  context: RenderContext,
): Migrations {
  const folder = `services/${service.name}/migrations`;
  const onDisk = context.list(folder).filter((name) => name.endsWith('.sql'));
  const text = context.existing(`${folder}/schema.json`);
  const last = text === undefined ? none : (JSON.parse(text) as Snapshot);
  const tables = service.entities.map((entity) => tableOf(entity, service));
  const lost =
    text === undefined
      ? onDisk.find((name) => tables.some((table) => name.endsWith(`_create_${table.name}.sql`)))
      : undefined;
  if (lost !== undefined) {
    return {
      files: [],
      refusals: [
        {
          kind: 'blocked',
          message: `${folder}/schema.json is missing, but ${lost} is there: restore it from version control`,
        },
      ],
    };
  }
  const steps = [
    ...given.filter(({ name }) => !last.migrations.some((file) => slug(file) === name)).map(plain),
    ...nextSteps(last.tables, tables),
  ];
  const refusals = steps.flatMap(({ destroys, blocked }) => [
    ...(context.allowDestructive
      ? []
      : destroys.map(
          (message): Refusal => ({ kind: 'destructive', message: `${service.name}: ${message}` }),
        )),
    ...blocked.map((message): Refusal => ({ kind: 'blocked', message: `${service.name}: ${message}` })),
  ]);
  const files = new Map(
    last.migrations
      .filter((name) => onDisk.includes(name))
      .map((name) => [name, context.existing(`${folder}/${name}`) ?? '']),
  );
  let number = Math.max(0, ...onDisk.map((name) => Number.parseInt(name, 10) || 0));
  const names = [...last.migrations];
  for (const step of steps) {
    // A run that was killed may have written the file, but not yet the snapshot.
    const written = onDisk.find(
      (name) =>
        !names.includes(name) &&
        slug(name) === step.name &&
        context.existing(`${folder}/${name}`) === step.content,
    );
    const name = written ?? `${String(++number).padStart(4, '0')}_${step.name}.sql`;
    files.set(name, step.content);
    names.push(name);
  }
  if (names.length === 0) return { files: [], refusals };
  const origin = `services/${service.name}`;
  const snapshot: Snapshot = { migrations: names, tables };
  return {
    files: [
      ...[...files].map(
        ([name, content]): PlannedFile => ({ path: `${folder}/${name}`, content, origin, ownership: 'once' }),
      ),
      {
        path: `${folder}/schema.json`,
        content: `${JSON.stringify(snapshot, null, 2)}\n`,
        origin,
        ownership: 'owned',
      },
    ],
    refusals,
  };
}

const slug = (file: string): string => file.replace(/^\d+_/, '').replace(/\.sql$/, '');
const plain = ({ name, content }: GivenMigration): Step => ({ name, content, destroys: [], blocked: [] });

function nextSteps(before: readonly Table[], after: readonly Table[]): Step[] {
  const old = new Map(before.map((table) => [table.name, table]));
  const kept = new Set(after.map(({ name }) => name));
  const created = referencedFirst(after.filter(({ name }) => !old.has(name)));
  const dropped = referencedFirst(before.filter(({ name }) => !kept.has(name))).reverse();
  const exists = new Set(old.keys());
  return [
    ...created.map((table) => createStep(table, created, exists)),
    ...after.flatMap((table) => {
      const previous = old.get(table.name);
      const changes = previous === undefined ? [] : changesOf(previous, table);
      return changes.length === 0 ? [] : [step(changeName(table, changes), changes)];
    }),
    ...dropped.map((table) => dropStep(table)),
  ];
}

/** Adds the table to `exists`, and the foreign keys of tables that were created before it although they refer to it. */
function createStep(table: Table, created: readonly Table[], exists: Set<string>): Step {
  const waiting = created.filter(({ name }) => name !== table.name && exists.has(name));
  const late = waiting.flatMap((other) =>
    other.columns.filter(({ references }) => references === table.name).map((column) => ({ other, column })),
  );
  const up = [
    ...createTable(table, (name) => exists.has(name)),
    ...late.map(({ other, column }) => addForeignKey(other.name, column, table.name)),
  ];
  const down = [
    ...late.map(({ other, column }) => dropForeignKey(other.name, column)),
    `drop table ${identifier(table.name)};`,
  ];
  exists.add(table.name);
  return step(`create_${table.name}`, [{ name: '', up, down }]);
}

function dropStep(table: Table): Step {
  const destroys = `${table.entity} is gone, and with it its table ${table.name} (a renamed entity is one that goes and one that comes)`;
  return step(`drop_${table.name}`, [
    {
      name: '',
      up: [`drop table ${identifier(table.name)};`],
      down: createTable(table, () => true),
      destroys,
    },
  ]);
}

function step(name: string, changes: readonly Change[]): Step {
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
