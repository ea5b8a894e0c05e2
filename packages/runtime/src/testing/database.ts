/**
 * Databases for tests.
 *
 * @setting HOMETRIP_TEST_DATABASE_URL Read by the testing kit alone: a PostgreSQL server on which tests may make databases,
 * `postgres://user:password@host:port/postgres`.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database for one test alone. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: URL;
  /** Ends its sessions and drops it. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database on the server of HOMETRIP_TEST_DATABASE_URL (the test run's global setup starts one when the
 * variable is not set). One per test file keeps files independent and fast.
 */
export async function testDatabase(
  server = process.env['HOMETRIP_TEST_DATABASE_URL'],
): Promise<TestDatabase> {
  if (server === undefined || server === '') {
    throw new Error(
      'Tests of this kind need PostgreSQL: set HOMETRIP_TEST_DATABASE_URL to postgres://user@host:port/postgres.',
    );
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  // template0 is never in use by another session, which would make the copy fail.
  await administer(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = () => administer(server, `drop database if exists ${name} with (force)`);
  return { url, drop, [Symbol.asyncDispose]: drop };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
