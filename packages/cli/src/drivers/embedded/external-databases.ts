/**
 * Databases and roles of the services on PostgreSQL servers that run elsewhere, made with the address that services.yaml
 * gives: nothing there is ours but what we made, so nothing else is touched or taken over.
 */
import pg from 'pg';
import type { Database, Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';
import { type ExternalDatabase, ownAddress, whereFrom } from './external-address.ts';
import { createClient } from './postgres/client.ts';

/** How long a server has to let us in, in milliseconds. */
const PATIENCE_MS = 5_000;

/** A connection to the server itself; without a database in the address, to the one that every server has. */
export function adminClient(server: URL): pg.Client {
  const url = new URL(server);
  if (url.pathname.length <= 1) url.pathname = '/postgres';
  return createClient({
    connectionString: url.href,
    application_name: 'hometrip',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: 60_000,
  });
}

interface Rights {
  readonly name: string;
  readonly all: boolean;
  readonly databases: boolean;
  readonly roles: boolean;
}

/** What the user of the address may not do, in words; undefined when it may do all that is needed. */
export async function missingRights(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<Rights>(
    'select rolname as name, rolsuper as all, rolcreatedb as databases, rolcreaterole as roles from pg_roles where rolname = current_user',
  );
  const [user] = rows;
  if (user === undefined || user.all) return undefined;
  const missing = [...(user.databases ? [] : ['CREATEDB']), ...(user.roles ? [] : ['CREATEROLE'])];
  if (missing.length === 0) return undefined;
  return `lets its user ${user.name} make no ${missing.map((right) => (right === 'CREATEDB' ? 'databases' : 'roles')).join(' and no ')}: it lacks ${missing.join(' and ')} (ALTER ROLE ${pg.escapeIdentifier(user.name)} ${missing.join(' ')})`;
}

/**
 * Makes what is missing, and gives a role that we made the password that is valid now. Safe to repeat.
 * @param known Ids of those that this stack has made, or used, before.
 * @throws UserError when a database or role of this name belongs to somebody else.
 */
export async function ensureExternalDatabases(
  stack: Stack,
  databases: readonly ExternalDatabase[],
  known: readonly string[],
  passwordOf: (database: Database) => string,
): Promise<void> {
  for (const group of Map.groupBy(databases, ({ server }) => server.href).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const client = adminClient(first.server);
    await client.connect();
    try {
      for (const one of group)
        await ensureOne(client, stack, one, known.includes(one.id), passwordOf(one.database));
    } finally {
      await client.end();
    }
  }
}

async function ensureOne(
  client: pg.Client,
  stack: Stack,
  external: ExternalDatabase,
  isOurs: boolean,
  password: string,
): Promise<void> {
  const { name, extensions } = external.database;
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `select exists (select from pg_roles where rolname = $1) as role,
            exists (select from pg_database where datname = $1) as database`,
    [name],
  );
  const is = rows[0] ?? { role: false, database: false };
  const opens = is.role && (await canOpen(external, password, is.database));
  if ((is.role || is.database) && !isOurs && !opens) throw belongsToAnother(stack, external);
  const role = pg.escapeIdentifier(name);
  if (!is.role) await client.query(`create role ${role} login`);
  if (!opens) await client.query(`alter role ${role} login password ${pg.escapeLiteral(password)}`);
  if (!is.database) {
    // Who makes a database for another role has to be a member of it; a superuser need not.
    await client.query(`grant ${role} to current_user`);
    await client.query(`create database ${role} owner ${role}`);
    await client.query(`revoke connect on database ${role} from public`);
  }
  if (extensions.length > 0) await createExtensions(external, extensions);
}

/** Whether our password is that of the role: then the database is ours, whoever made it. */
async function canOpen(external: ExternalDatabase, password: string, exists: boolean): Promise<boolean> {
  const url = new URL(ownAddress(external, password));
  if (!exists) url.pathname = external.server.pathname.length > 1 ? external.server.pathname : '/postgres';
  const client = createClient({ connectionString: url.href, connectionTimeoutMillis: PATIENCE_MS });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (['28P01', '28000', '42501'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createExtensions(external: ExternalDatabase, extensions: readonly string[]): Promise<void> {
  const url = new URL(external.server);
  url.pathname = `/${external.database.name}`;
  const client = adminClient(url);
  await client.connect();
  try {
    for (const name of extensions)
      await client.query(`create extension if not exists ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function belongsToAnother(stack: Stack, { database, server, id }: ExternalDatabase): UserError {
  const component = stack.components.find(({ name }) => name === database.component);
  return new UserError(
    `${server.hostname} has a database or role ${database.name} already, which this stack did not make: another copy of it did, or it did before hometrip down --volumes`,
    {
      ...(component === undefined
        ? {}
        : { where: whereFrom(`components.${component.name}.external`, component.external) }),
      next: [
        `to use it, put the password of role ${database.name} into .hometrip/secrets/${database.secret}`,
        `or give ${database.service} another database: components.${database.component}.addresses.${database.service} in services.yaml`,
        `or, if it is not needed, remove it there: DROP DATABASE ${database.name}; DROP ROLE ${database.name} (${id})`,
      ],
    },
  );
}
