import { openAdapter, type Opener } from '../ports/index.ts';
import type { Database } from './database.ts';
import type { PoolOptions } from './pool.ts';

const openers: readonly Opener<Database, PoolOptions>[] = [
  { schemes: ['postgres', 'postgresql'], load: async () => (await import('./database.ts')).openPostgres },
];

/** @param url `postgres://user:password@host:port/name`. Connects when first used. */
export async function openDatabase(url: string | URL, options: PoolOptions = {}): Promise<Database> {
  return await openAdapter('database', String(url), openers, options);
}
