import { openersFor, openPort, type Opener } from '../port.ts';
import type { Database } from './database.ts';
import type { DatabaseOptions } from './pool.ts';

const openers: readonly Opener<Database, DatabaseOptions>[] = [
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./database.ts')).openPostgres(url, options),
  },
];

/** A SQL database at a URL. @param url `postgres://user:password@host:port/name`. Connects when first used. */
export async function openDatabase(url: URL, options: DatabaseOptions): Promise<Database> {
  return await openPort('database', openersFor(options.adapters?.database, openers), url, options);
}
