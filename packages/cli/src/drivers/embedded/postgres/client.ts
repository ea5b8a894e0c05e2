import pg from 'pg';

/**
 * A connection that is what its configuration says. The library fills what is missing from PGSSLMODE, PGOPTIONS and the
 * like, and a password from PGPASSFILE: settings of the operator's shell, for other programs.
 */
export function createClient(config: pg.ClientConfig & { readonly connectionString: string }): pg.Client {
  const foreign = Object.entries(process.env).filter(([name]) => name.startsWith('PG'));
  for (const [name] of foreign) delete process.env[name];
  try {
    // Read once, when a client is made. A missing password would be looked up in ~/.pgpass.
    const url = new URL(config.connectionString);
    return new pg.Client(url.password === '' ? { password: '', ...config } : config);
  } finally {
    for (const [name, value] of foreign) process.env[name] = value;
  }
}
