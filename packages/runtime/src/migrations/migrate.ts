import pg from 'pg';
import { pause } from '../backoff.ts';
import { MigrationError, type RowsInTheWay } from './error.ts';
import { readMigrations, type Migration, type Section } from './file.ts';
import { planSteps, type Applied, type Step } from './plan.ts';
import { rowsInTheWay } from './rows.ts';
import { lines, type Statement } from './statements.ts';

/** How far `migrate` goes. */
export interface MigrateOptions {
  /** The version to arrive at, up or down; default: the newest file. 0 undoes everything. */
  readonly to?: number;
}

/** One migration file, and whether the database has it. */
export interface MigrationStatus {
  readonly version: number;
  readonly name: string;
  /** ISO instant; undefined: pending. */
  readonly appliedAt: string | undefined;
}

/** Any number, the same for all: one migration run at a time in a database. */
const LOCK = 7_015_202_411;
/** How long a run waits for another one, and how often it asks, in milliseconds. */
const PATIENCE_MS = 120_000;
const ASK_EVERY_MS = 100;
/** Of a statement in a message. */
const SHOWN_LETTERS = 600;

/**
 * Brings a database to a version. Several processes may call it at once: one works, the others wait and find nothing to do.
 * Each file is one transaction, together with its row in `schema_migrations`, unless it says `-- no-transaction`.
 * @returns the names of the files that ran, in order. @throws MigrationError with file and line.
 */
export async function migrate(
  url: string | URL,
  folder: string | URL,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const files = await readMigrations(folder);
  return await connected(url, async (client) => {
    await lock(client);
    const steps = planSteps(files, await readApplied(client), options.to);
    for (const step of steps) await run(client, step);
    return steps.map((step) => step.migration.name);
  });
}

/** All migrations of a folder in their order, applied or pending. Changes nothing. @throws MigrationError for a file that cannot be read. */
export async function migrationStatus(
  url: string | URL,
  folder: string | URL,
): Promise<readonly MigrationStatus[]> {
  const files = await readMigrations(folder);
  return await connected(url, async (client) => {
    const applied = new Map((await readApplied(client)).map((row) => [row.version, row]));
    return files.map(({ version, name }) => ({ version, name, appliedAt: applied.get(version)?.appliedAt }));
  });
}

/** Ending the session releases the lock, also when this process is killed. */
async function connected<T>(url: string | URL, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: String(url),
    application_name: 'hometrip migrations',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {
    // The query that runs rejects as well.
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Asks again and again: a statement that waits for the lock is one that `create index concurrently` waits for, and then one of the
 * two ends as a deadlock.
 */
async function lock(client: pg.Client): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as mine', [LOCK]);
    if (rows[0].mine === true) return;
    if (performance.now() > end)
      throw new MigrationError(
        `Another migration of this database has been under way for more than ${PATIENCE_MS / 1_000} seconds: look what it waits for.`,
      );
    await pause(ASK_EVERY_MS);
  }
}

async function readApplied(client: pg.Client): Promise<readonly Applied[]> {
  const known = await client.query(`select to_regclass('schema_migrations') is not null as known`);
  if (known.rows[0].known !== true) return [];
  const { rows } = await client.query(`
    select version, name, checksum, to_char(applied_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "appliedAt"
    from schema_migrations order by version`);
  return rows;
}

const TABLE = `create table if not exists schema_migrations (
  version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;

async function run(client: pg.Client, { direction, migration }: Step): Promise<void> {
  const section = migration[direction];
  await client.query(TABLE);
  if (!section.transaction) {
    await execute(client, migration, section);
    await record(client, direction, migration);
    return;
  }
  await client.query('begin');
  try {
    await execute(client, migration, section);
    await record(client, direction, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function record(client: pg.Client, direction: 'up' | 'down', migration: Migration): Promise<void> {
  if (direction === 'down') {
    await client.query('delete from schema_migrations where version = $1', [migration.version]);
  } else {
    const { version, name, checksum } = migration;
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      version,
      name,
      checksum,
    ]);
  }
}

async function execute(client: pg.Client, migration: Migration, section: Section): Promise<void> {
  for (const statement of section.statements) {
    if (section.transaction) await client.query('savepoint hometrip_statement');
    try {
      await client.query(statement.sql);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError))
        throw new MigrationError(`${migration.name}:${statement.line}: ${(error as Error).message}`, {
          cause: error,
        });
      throw failure(error, migration, statement, await askForRows(client, section, statement, error));
    }
    if (section.transaction) await client.query('release savepoint hometrip_statement');
  }
}

async function askForRows(
  client: pg.Client,
  { transaction }: Section,
  statement: Statement,
  error: pg.DatabaseError,
): Promise<RowsInTheWay | undefined> {
  try {
    await client.query(transaction ? 'rollback to savepoint hometrip_statement' : 'begin');
    const rows = await rowsInTheWay(client, statement, error);
    if (!transaction) await client.query('rollback');
    return rows;
  } catch {
    return undefined; // the connection is gone, and with it whom to ask
  }
}

/** What failed, where, with which statement and for which rows: as text for people, and as data. */
function failure(
  error: pg.DatabaseError,
  { name: file }: Migration,
  { sql, line: first }: Statement,
  rows: RowsInTheWay | undefined,
): MigrationError {
  const { message, position, detail, hint } = error;
  const line = first + (position === undefined ? 0 : lines(sql.slice(0, Number(position) - 1)));
  const shown = sql.length > SHOWN_LETTERS ? `${sql.slice(0, SHOWN_LETTERS)}…` : sql;
  const more = [shown, ...[detail, hint].filter((text) => text !== undefined && text !== '')];
  if (rows !== undefined) {
    const { count, table, some } = rows;
    more.push(
      [
        count === 1 ? `1 row of ${table} is in the way:` : `${count} rows of ${table} are in the way:`,
        ...some.map((row) => `  ${row}`),
        ...(count > some.length ? [`  and ${count - some.length} more`] : []),
      ].join('\n'),
    );
  }
  return new MigrationError(
    [`${file}:${line}: ${message}`, ...more.map((text) => text?.replaceAll(/^/gm, '  '))].join('\n'),
    { cause: error, failed: { file, line, sql, rows } },
  );
}
