import pg from 'pg';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { currentContext, outsideContext } from '../context.ts';
import type { PortOptions } from '../port.ts';
import { startQuery } from '../telemetry/ports.ts';
import { errorType, Kind } from '../telemetry/span.ts';
import { postgresDatabase } from './address.ts';
import { reachable } from './failures.ts';
import { valueTypes } from './types.ts';

/** How a service uses its database. */
export interface DatabaseOptions extends PortOptions {
  /** Connections; small, since 12 services with replicas share one server's 300. Default 8. */
  readonly max?: number;
  /** How long one statement may run, in milliseconds; default 30,000. 0: no limit. */
  readonly statementTimeout?: number;
  /**
   * False: a commit does not wait for the disk, so that the last half second may be lost when the server's machine or
   * process dies. For what can be repeated. Default true.
   */
  readonly durable?: boolean;
}

/** @throws Error when the address is none of a database of PostgreSQL. */
export function createPool(url: URL, options: DatabaseOptions): pg.Pool {
  postgresDatabase(url);
  const server = new URL(url);
  // The library would let those of the address take the place of ours.
  const given = server.searchParams.get('options');
  server.searchParams.delete('options');
  const pool = new pg.Pool({
    connectionString: server.href,
    // Shown in pg_stat_activity.
    application_name: options.instance,
    max: options.max ?? 8,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeout ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Instants are parsed as UTC, whatever the server's default is.
    options: [given, '-c timezone=UTC', options.durable === false ? '-c synchronous_commit=off' : undefined]
      .filter((option) => option)
      .join(' '),
    types: valueTypes,
  });
  // An idle connection that dies (server killed, restarted) is dropped by the pool; without a handler it would end the process.
  pool.on('error', (error) =>
    outsideContext(() => options.log.warn({ err: error }, 'An idle database connection was lost')),
  );
  return pool;
}

/** The part of a pool that Kysely uses, with a lost server reported as 503. */
export function reportingPool(pool: pg.Pool): PostgresPool {
  // A client comes out of the pool many times; its wrapper keeps Kysely's own bookkeeping per client.
  const wrappers = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      // All connections are in use, or there is none yet: the first thing to know about a slow request.
      const span =
        pool.idleCount > 0
          ? undefined
          : currentContext()?.span?.child('wait for a connection', Kind.internal, {
              'db.system.name': 'postgresql',
            });
      const client = await pool.connect().catch((error: unknown) => {
        const reported = reachable(error);
        span?.fail(errorType(reported));
        span?.end();
        throw reported;
      });
      span?.end();
      let wrapper = wrappers.get(client);
      if (wrapper === undefined) {
        wrapper = reporting(client);
        wrappers.set(client, wrapper);
      }
      return wrapper;
    },
    end: () => pool.end(),
  };
}

function reporting(client: pg.PoolClient): PostgresPoolClient {
  let failed = false;
  // While a query runs the connection's own error arrives here as well; the query's rejection tells the caller.
  client.on('error', () => {
    failed = true;
  });
  const query = async (text: string, parameters: readonly unknown[]) => {
    const span = startQuery(text);
    try {
      const result = await client.query(text, parameters as unknown[]);
      span?.end();
      return result;
    } catch (error) {
      const reported = reachable(error);
      failed ||= reported !== error;
      span?.fail(errorType(error));
      span?.end();
      throw reported;
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    get processID() {
      return (client as unknown as { processID?: number }).processID as number;
    },
    release: (destroy) => client.release(destroy === true || failed),
  };
}
