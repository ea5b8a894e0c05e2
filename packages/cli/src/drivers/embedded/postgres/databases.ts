import pg from 'pg';
import { createClient } from './client.ts';
import { closest } from 'fastest-levenshtein';
import { BugError, UserError } from '../../../platform/errors.ts';
import { scramVerifier, verifies } from './scram.ts';

export interface DatabaseSpec {
  readonly name: string;
  /** Login role; owns the database and, through `pg_database_owner`, its `public` schema. */
  readonly owner: string;
  /** Printable ASCII without spaces. */
  readonly password: string;
  readonly extensions?: readonly string[];
}

/** What one run of {@link ensureDatabases} changed; names, sorted. */
export interface DatabaseChanges {
  readonly rolesCreated: readonly string[];
  readonly passwordsChanged: readonly string[];
  readonly databasesCreated: readonly string[];
  /** Existing ones whose owner, rights or extensions were put right. */
  readonly databasesUpdated: readonly string[];
}

interface RoleRow {
  readonly name: string;
  readonly verifier: string | null;
  readonly plain: boolean;
}

interface DatabaseRow {
  readonly name: string;
  readonly owner: string;
  readonly prepared: string | null;
  readonly closed: boolean;
}

/** Creating a database is mostly waiting for the disk. */
const PARALLEL = 4;
const LOCK = 7_266_318;

/**
 * Brings roles and databases to what the list says; what the list does not name is left alone. A second run costs one
 * connection and three queries.
 *
 * A role may connect to its own databases only: PUBLIC loses CONNECT everywhere, also on `postgres` and `template1`.
 * A database opens to its owner when it is complete; until then its connection limit of 0 keeps everybody out.
 *
 * @param url superuser, database `postgres`
 * @throws UserError for an extension that this server does not have.
 */
export async function ensureDatabases(url: string, specs: readonly DatabaseSpec[]): Promise<DatabaseChanges> {
  const admin = createClient({ connectionString: url });
  await admin.connect();
  try {
    // Two supervisors must not create the same thing; the lock ends with the connection.
    await admin.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await refuseUnknownExtensions(admin, specs);
    const roles = await ensureRoles(admin, specs);
    return { ...roles, ...(await ensureEach(admin, url, specs)) };
  } finally {
    await admin.end();
  }
}

async function ensureRoles(
  admin: pg.Client,
  specs: readonly DatabaseSpec[],
): Promise<Pick<DatabaseChanges, 'rolesCreated' | 'passwordsChanged'>> {
  const { rows } = await admin.query<RoleRow>(`
    SELECT rolname AS name, rolpassword AS verifier,
           rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) AS plain
    FROM pg_authid`);
  const existing = new Map(rows.map((row) => [row.name, row]));
  const rolesCreated: string[] = [];
  const passwordsChanged: string[] = [];
  const statements = await Promise.all(
    [...passwordsByOwner(specs)].map(async ([owner, password]) => {
      const role = existing.get(owner);
      const fits = await verifies(role?.verifier ?? null, password);
      if (role?.plain === true && fits) return '';
      if (role === undefined) rolesCreated.push(owner);
      else if (!fits) passwordsChanged.push(owner);
      const verb = role === undefined ? 'CREATE' : 'ALTER';
      const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
      return `${verb} ROLE ${pg.escapeIdentifier(owner)} ${rights} PASSWORD '${await scramVerifier(password)}';`;
    }),
  );
  if (statements.some((statement) => statement !== '')) await admin.query(statements.join('\n'));
  return { rolesCreated: rolesCreated.sort(), passwordsChanged: passwordsChanged.sort() };
}

function passwordsByOwner(specs: readonly DatabaseSpec[]): Map<string, string> {
  const passwords = new Map<string, string>();
  for (const { owner, password } of specs) {
    if ((passwords.get(owner) ?? password) !== password)
      throw new BugError(`role ${owner} was given two passwords`);
    passwords.set(owner, password);
  }
  return passwords;
}

async function ensureEach(
  admin: pg.Client,
  url: string,
  specs: readonly DatabaseSpec[],
): Promise<Pick<DatabaseChanges, 'databasesCreated' | 'databasesUpdated'>> {
  const { rows } = await admin.query<DatabaseRow>(`
    SELECT d.datname AS name, pg_get_userbyid(d.datdba) AS owner, shobj_description(d.oid, 'pg_database') AS prepared,
           d.datconnlimit = -1 AND NOT EXISTS (
             SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) WHERE grantee = 0
           ) AS closed
    FROM pg_database d`);
  const existing = new Map(rows.map((row) => [row.name, row]));
  for (const name of ['postgres', 'template1']) {
    if (existing.get(name)?.closed === false) await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  }
  const waiting = specs.filter((spec) => !isRight(existing.get(spec.name), spec));
  const queue = [...waiting];
  const workers = Array.from({ length: Math.min(PARALLEL, waiting.length) }, async () => {
    const client = createClient({ connectionString: url });
    await client.connect();
    try {
      for (let spec = queue.shift(); spec !== undefined; spec = queue.shift()) {
        await ensureOne(client, url, spec, existing.has(spec.name));
      }
    } finally {
      await client.end();
    }
  });
  await settle(workers);
  const names = (created: boolean): string[] =>
    waiting
      .map(({ name }) => name)
      .filter((name) => existing.has(name) !== created)
      .sort();
  return { databasesCreated: names(true), databasesUpdated: names(false) };
}

/** The comment of a prepared database: readable from everywhere, so that a second run need not connect to each. */
function preparedComment(spec: DatabaseSpec): string {
  return `hometrip: extensions ${[...new Set(spec.extensions ?? [])].sort().join(' ') || 'none'}`;
}

function isRight(row: DatabaseRow | undefined, spec: DatabaseSpec): boolean {
  return row?.closed === true && row.owner === spec.owner && row.prepared === preparedComment(spec);
}

async function ensureOne(client: pg.Client, url: string, spec: DatabaseSpec, exists: boolean): Promise<void> {
  const name = pg.escapeIdentifier(spec.name);
  const owner = pg.escapeIdentifier(spec.owner);
  if (exists) await client.query(`ALTER DATABASE ${name} OWNER TO ${owner}`);
  else await client.query(`CREATE DATABASE ${name} OWNER ${owner} CONNECTION LIMIT 0`);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await createExtensions(url, spec);
  await client.query(`
    COMMENT ON DATABASE ${name} IS ${pg.escapeLiteral(preparedComment(spec))};
    ALTER DATABASE ${name} CONNECTION LIMIT -1`);
}

/** As superuser: most extensions are not trusted, and their owner must not be the service. */
async function createExtensions(url: string, spec: DatabaseSpec): Promise<void> {
  if (spec.extensions === undefined || spec.extensions.length === 0) return;
  const target = new URL(url);
  target.pathname = `/${encodeURIComponent(spec.name)}`;
  const client = createClient({ connectionString: target.href });
  await client.connect();
  try {
    const statements = spec.extensions.map(
      (name) => `CREATE EXTENSION IF NOT EXISTS ${pg.escapeIdentifier(name)} CASCADE`,
    );
    // Catalog writes of one transaction, one flush.
    await client.query(statements.join(';\n'));
  } finally {
    await client.end();
  }
}

async function refuseUnknownExtensions(admin: pg.Client, specs: readonly DatabaseSpec[]): Promise<void> {
  if (specs.every(({ extensions }) => extensions === undefined || extensions.length === 0)) return;
  const { rows } = await admin.query<{ name: string }>(
    'SELECT name FROM pg_available_extensions ORDER BY name',
  );
  const available = rows.map((row) => row.name);
  for (const spec of specs) {
    const unknown = spec.extensions?.find((name) => !available.includes(name));
    if (unknown === undefined) continue;
    throw new UserError(
      `the embedded PostgreSQL has no extension "${unknown}" (did you mean "${closest(unknown, available)}"?)`,
      {
        where: `database ${spec.name}`,
        next: [
          `Choose one of: ${available.join(', ')}`,
          'Or start the containers of docker-compose.yml, with an image of PostgreSQL that has it',
        ],
      },
    );
  }
}

/** Waits for all of them even when one fails: no connection may outlive the call. */
async function settle(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
