/**
 * Pairs of specs over filled tables: forwards, back, and forwards again. What has the same meaning under both keeps its values; the
 * tables are as a new database's would be; and a migration that fails names the rows and leaves a way back.
 * HOMETRIP_PROPERTY_RUNS sets how many pairs are tried.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sqlRepository, type Stored } from '@hometrip/runtime';
import { migrate, migrationStatus, type MigrationError } from '@hometrip/runtime/migrations';
import { portOptions, testDatabase, type TestDatabase } from '@hometrip/runtime/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Entity, Field, Service, Stack } from '../../../model/stack.ts';
import {
  changed,
  entitiesText,
  type RandomEntities,
  randomChanges,
  randomEntities,
  reverted,
  tidied,
} from '../../../spec/testing/spec-changes.ts';
import { memoryOutput, stackOf } from '../stack.fixture.ts';
import { renderMigrations } from './migrations.ts';
import { tableShape } from './shape.fixture.ts';
import { type Column, tableOf } from './table.ts';

const LONG = process.env['HOMETRIP_PROPERTY_RUNS'] !== undefined;
const RUNS = Number(process.env['HOMETRIP_PROPERTY_RUNS'] ?? 12);
const FOLDER = 'services/shop-service/migrations';

let database: TestDatabase;
let fresh: TestDatabase;
let clients: { database: pg.Client; fresh: pg.Client };
beforeAll(async () => {
  [database, fresh] = await Promise.all([testDatabase(), testDatabase()]);
  const open = async ({ url }: TestDatabase) => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  };
  clients = { database: await open(database), fresh: await open(fresh) };
});
afterAll(async () => {
  await Promise.all([clients.database.end(), clients.fresh.end()]);
  await Promise.all([database.drop(), fresh.drop()]);
});

const counts = { pairs: 0, refused: 0, blocked: 0, stopped: 0, forwards: 0, back: 0, again: 0 };

const stackFor = (entities: RandomEntities): Stack =>
  stackOf(`
name: shop
version: 1
components: { postgres: {} }
services:
  shop-service: { port: 4100, database: postgres, entities: ${entitiesText(entities)} }
`);
const serviceOf = (stack: Stack): Service => stack.services[0] as Service;

const empty = (client: pg.Client) => client.query('drop schema public cascade; create schema public');

/** A project and its database. */
async function project() {
  const output = memoryOutput({}, { drafts: true });
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-pairs-'));
  return {
    folder,
    /** `blocked`: what services.yaml says needs a decision first. */
    generate(stack: Stack): 'generated' | 'blocked' {
      const { files, refusals } = renderMigrations(serviceOf(stack), [], output.context(true));
      if (refusals.length > 0) return 'blocked';
      output.write(files);
      return 'generated';
    },
    /** As `up` does: what was applied is no draft any more. */
    async up(): Promise<MigrationError | undefined> {
      await rm(folder, { recursive: true });
      await mkdir(folder);
      const names = output
        .context()
        .list(FOLDER)
        .filter((name) => name.endsWith('.sql'));
      for (const name of names) await writeFile(join(folder, name), output.files[`${FOLDER}/${name}`] ?? '');
      const error = await migrate(database.url, folder).then(
        () => undefined,
        (failure: MigrationError) => failure,
      );
      const status = await migrationStatus(database.url, folder);
      output.applied(status.flatMap(({ name, appliedAt }) => (appliedAt === undefined ? [] : [name])));
      return error;
    },
    migrations: () => output.context().list(FOLDER),
    shape: () => tableShape(clients.database),
  };
}

/** What the tables of a spec are in a database that has never had others. */
async function freshShape(stack: Stack): Promise<readonly string[]> {
  const output = memoryOutput();
  output.write(renderMigrations(serviceOf(stack), [], output.context(true)).files);
  await empty(clients.fresh);
  for (const [path, text] of Object.entries(output.files))
    if (path.endsWith('.sql')) await clients.fresh.query(upOf(text));
  return await tableShape(clients.fresh);
}

/** A default may hold the marker's text, though never alone on a line. */
const upOf = (text: string): string => text.split(/^-- down$/m)[0] ?? '';

type Row = Stored & Record<string, unknown>;

async function withRepositories<T>(
  work: (of: (entity: Entity) => ReturnType<typeof sqlRepository<Row>>) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase(database.url, portOptions());
  try {
    return await work((entity) =>
      sqlRepository<Row>(opened.db, {
        table: entity.names.table,
        json: entity.fields.filter(({ type }) => type.kind === 'json').map(({ name }) => name),
      } as never),
    );
  } finally {
    await opened.close();
  }
}

/** Rows of an entity by id, with what its fields hold. */
type Rows = ReadonlyMap<string, Row>;

/** Three rows of every entity, through the repository; optional fields are missing now and then. */
async function fill(service: Service): Promise<void> {
  await withRepositories(async (of) => {
    const ids = new Map<string, string[]>();
    for (const entity of service.entities) {
      for (let n = 1; n <= 3; n += 1) {
        const values = Object.fromEntries(
          entity.fields.flatMap((field): [string, unknown][] => {
            // Doubles where they may be: what becomes unique later has rows in its way.
            const value =
              field.optional && n === 3 ? null : sampleOf(field, field.unique ? n : Math.max(2, n), ids);
            return value === undefined ? [] : [[field.name, value]];
          }),
        );
        const { id } = await of(entity).insert(values as never);
        ids.set(entity.name, [...(ids.get(entity.name) ?? []), id]);
      }
    }
  });
}

async function read(service: Service): Promise<ReadonlyMap<string, Rows>> {
  return await withRepositories(async (of) => {
    const all = new Map<string, Rows>();
    for (const entity of service.entities) {
      const { items } = await of(entity).list({ limit: 100 });
      all.set(entity.name, new Map(items.map((row) => [row.id, row])));
    }
    return all;
  });
}

function sampleOf(
  { type, list, name }: Field,
  n: number,
  ids: ReadonlyMap<string, readonly string[]>,
): unknown {
  const one = scalarOf(type, name, n, ids);
  return list && one !== null ? [one] : one;
}

function scalarOf(
  type: Field['type'],
  name: string,
  n: number,
  ids: ReadonlyMap<string, readonly string[]>,
): unknown {
  switch (type.kind) {
    case 'string':
      return `${name} ${n}`.slice(-type.maxLength);
    case 'text':
      return `${name} ${n}`;
    case 'boolean':
      return n % 2 === 0;
    case 'int':
    case 'number':
      return Math.max(type.min ?? 0, Math.min(type.max ?? 100, (type.min ?? 0) + n - 1));
    case 'money':
      return n * 100;
    case 'date':
      return `2026-07-0${n}`;
    case 'datetime':
      return `2026-07-0${n}T10:00:00.000Z`;
    case 'email':
      return `guest${n}@example.com`;
    case 'url':
      return `https://example.com/${n}`;
    case 'currency':
      return ['EUR', 'USD', 'GBP'][n - 1];
    case 'json':
      return { note: [name, n] };
    case 'enum':
      return type.values[n % type.values.length];
    case 'uuid':
    case 'user':
      return `0198c0de-0000-7000-8000-00000000000${n}`;
    case 'reference':
      return ids.get(type.entity)?.[n % 3] ?? null;
  }
}

const widths = (type: string): number =>
  type === 'text' ? Number.POSITIVE_INFINITY : Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
/** Every value of the first is one of the second. */
function holds(before: Column, after: Column): boolean {
  if (before.type === after.type) return true;
  if (widths(after.type) >= widths(before.type)) return true;
  return before.type === 'integer' && ['bigint', 'double precision'].includes(after.type);
}

/** The values of every field that means the same in both, under its name of then and of now. */
function expectKept(
  from: { entities: RandomEntities; stack: Stack; rows: ReadonlyMap<string, Rows> },
  to: { entities: RandomEntities; stack: Stack; rows: ReadonlyMap<string, Rows> },
  through: readonly Stack[] = [],
  throughEntities: readonly RandomEntities[] = [],
): void {
  for (const entity of from.entities) {
    const now = to.entities.find(({ key }) => key === entity.key);
    if (now === undefined || throughEntities.some((one) => !one.some(({ key }) => key === entity.key)))
      continue;
    const before = from.rows.get(entity.name) ?? new Map<string, Row>();
    const after = to.rows.get(now.name) ?? new Map<string, Row>();
    expect([...after.keys()].sort(), `records of ${entity.name}, now ${now.name}`).toEqual(
      [...before.keys()].sort(),
    );
    for (const field of entity.fields) {
      const path = [
        columnOf(from.stack, entity.name, field.name),
        ...throughEntities.map((one, index) => columnIn(through[index], one, entity.key, field.key)),
        columnIn(to.stack, to.entities, entity.key, field.key),
      ];
      const widening = path.every(
        (column, index) => column !== undefined && (index === 0 || holds(path[index - 1] as Column, column)),
      );
      const sameType = path.every((column) => column?.type === path[0]?.type);
      const name = now.fields.find(({ key }) => key === field.key)?.name;
      if (name === undefined || !(widening || sameType)) continue;
      for (const [id, row] of before) {
        const value = row[field.name];
        if (value !== null && value !== undefined)
          expect(after.get(id)?.[name], `${entity.name}.${field.name}, now ${now.name}.${name}`).toEqual(
            value,
          );
      }
    }
  }
}

function columnOf(stack: Stack, entity: string, field: string): Column | undefined {
  const service = serviceOf(stack);
  const found = service.entities.find(({ name }) => name === entity);
  return found && tableOf(found, service).columns.find((column) => column.field === field);
}

function columnIn(
  stack: Stack | undefined,
  entities: RandomEntities,
  entityKey: number,
  fieldKey: number,
): Column | undefined {
  const entity = entities.find(({ key }) => key === entityKey);
  const field = entity?.fields.find(({ key }) => key === fieldKey);
  return stack && entity && field && columnOf(stack, entity.name, field.name);
}

/** A failed migration names its rows, leaves nothing, and services.yaml as it was before leads out of it. */
async function expectWayOut(
  at: Awaited<ReturnType<typeof project>>,
  error: MigrationError,
  back: Stack,
  rowsBefore: ReadonlyMap<string, Rows>,
): Promise<void> {
  counts.stopped += 1;
  expect(error.failed?.rows?.count, error.message).toBeGreaterThan(0);
  if (at.generate(back) === 'blocked') return;
  expect(await at.up(), 'the way back').toBeUndefined();
  const rows = await read(serviceOf(back));
  expect(
    [...rows].map(([entity, found]) => [entity, found.size]),
    'records after the way back',
  ).toEqual([...rowsBefore].map(([entity, found]) => [entity, found.size]));
}

/** Also when declarations that were carried out are taken away, or stay. */
async function expectNothingToDo(at: Awaited<ReturnType<typeof project>>, stack: Stack): Promise<void> {
  const migrations = at.migrations();
  expect(at.generate(stack)).toBe('generated');
  expect(at.migrations()).toEqual(migrations);
}

async function tryPair(before: RandomEntities, after: RandomEntities): Promise<void> {
  let specs: { a: Stack; b: Stack; back: Stack };
  const backwards = reverted(before, after);
  try {
    specs = { a: stackFor(before), b: stackFor(after), back: stackFor(backwards) };
  } catch {
    counts.refused += 1;
    return;
  }
  const { a, b, back } = specs;
  counts.pairs += 1;
  await empty(clients.database);
  const at = await project();
  try {
    expect(at.generate(a)).toBe('generated');
    expect(await at.up()).toBeUndefined();
    await fill(serviceOf(a));
    const filled = await read(serviceOf(a));

    if (at.generate(b) === 'blocked') {
      counts.blocked += 1;
      return;
    }
    const forwards = await at.up();
    if (forwards !== undefined) return await expectWayOut(at, forwards, back, filled);
    counts.forwards += 1;
    expect(await at.shape(), 'the tables of a new database').toEqual(await freshShape(b));
    const there = await read(serviceOf(b));
    expectKept({ entities: before, stack: a, rows: filled }, { entities: after, stack: b, rows: there });

    await expectNothingToDo(at, stackFor(tidied(after)));
    if (at.generate(back) === 'blocked') {
      counts.blocked += 1;
      return;
    }
    const returned = await at.up();
    if (returned !== undefined) return await expectWayOut(at, returned, b, there);
    counts.back += 1;
    expect(await at.shape(), 'the tables of a new database, back').toEqual(await freshShape(a));
    const home = await read(serviceOf(back));
    expectKept(
      { entities: before, stack: a, rows: filled },
      { entities: backwards, stack: back, rows: home },
      [b],
      [after],
    );

    await expectNothingToDo(at, stackFor(tidied(backwards)));
    if (at.generate(b) === 'blocked') {
      counts.blocked += 1;
      return;
    }
    const again = await at.up();
    if (again !== undefined) return await expectWayOut(at, again, back, home);
    counts.again += 1;
    expect(await at.shape(), 'the tables of a new database, again').toEqual(await freshShape(b));
    expectKept(
      { entities: backwards, stack: back, rows: home },
      { entities: after, stack: b, rows: await read(serviceOf(b)) },
    );
    await expectNothingToDo(at, b);
  } finally {
    await rm(at.folder, { recursive: true, force: true });
  }
}

it(`moves filled tables from spec to spec and back, and loses nothing that both have (${RUNS} pairs)`, {
  timeout: 60_000 + RUNS * 3_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(randomEntities, randomChanges, async (before, changes) => {
      await tryPair(before, changed(before, changes));
    }),
    // The short run is the same for everybody; the long one takes another seed each time, and prints it when it fails.
    {
      numRuns: RUNS,
      ...(LONG ? {} : { seed: 8 }),
      interruptAfterTimeLimit: 50_000 + RUNS * 3_000,
      markInterruptAsFailure: true,
    },
  );
  console.log(
    `migration pairs: ${counts.pairs} tried (${counts.refused} refused by validate), ${counts.blocked} need a decision, ${counts.stopped} stopped by rows and led back, ${counts.forwards} forwards, ${counts.back} back, ${counts.again} forwards again, 0 failed`,
  );
});
