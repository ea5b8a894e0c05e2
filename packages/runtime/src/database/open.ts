import { openPort, type Opener } from '../port.ts';
import type { Database } from './database.ts';
import type { DatabaseOptions } from './pool.ts';

const openers: readonly Opener<Database, DatabaseOptions>[] = [
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./database.ts')).openPostgres(url, options),
  },
];

/** @param url `postgres://user:password@host:port/name`. Connects when first used. */
export async function openDatabase(url: URL, options: DatabaseOptions): Promise<Database> {
  return await openPort('database', openers, url, options);
}
