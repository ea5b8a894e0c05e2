import pg from 'pg';
import { UserError } from '../../../platform/errors.ts';

/**
 * Gives a database and the role of the same name, which owns it, another name. Who is still connected is cut off. Does nothing when
 * it has been done.
 *
 * @param url superuser, database `postgres`
 * @throws UserError when there is a database of the new name as well.
 */
export async function renameDatabase(url: string, from: string, to: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    const names = await admin.query<{ name: string }>(
      'select datname as name from pg_database where datname = any($1)',
      [[from, to]],
    );
    const present = names.rows.map(({ name }) => name);
    if (!present.includes(from)) return;
    if (present.includes(to))
      throw new UserError(`there is a database ${to} beside ${from}, and one of the two would be lost`, {
        next: ['give the service a name that it never had'],
      });
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [from]);
    const [before, after] = [pg.escapeIdentifier(from), pg.escapeIdentifier(to)];
    const roles = await admin.query<{ name: string }>(
      'select rolname as name from pg_roles where rolname = any($1)',
      [[from, to]],
    );
    const roleMoves = roles.rows.length === 1 && roles.rows[0]?.name === from;
    await admin.query(
      `begin; alter database ${before} rename to ${after};${roleMoves ? ` alter role ${before} rename to ${after};` : ''} commit`,
    );
  } finally {
    await admin.end();
  }
}
