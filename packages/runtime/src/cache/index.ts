import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import { systemOf } from '../telemetry/systems.ts';
import { Cache } from './cache.ts';
import type { CacheAdapter } from './port.ts';

export { Cache, type SetOptions } from './cache.ts';
export type { CacheAdapter } from './port.ts';

const openers: readonly Opener<CacheAdapter>[] = [
  {
    schemes: ['memory:'],
    open: async (_, { clock }) => (await import('./memory.ts')).openMemoryCache(clock),
  },
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres.ts')).openPostgresCache(url, options),
  },
  {
    schemes: ['redis:', 'rediss:'],
    open: async (url, options) => (await import('./redis.ts')).openRedisCache(url, options),
  },
];

/** A cache at a URL. @param url `postgres://user:password@host:port/cache`, `redis://host:port/0` or `memory:` */
export async function openCache(url: URL, options: PortOptions): Promise<Cache> {
  return new Cache(
    await openPort('cache', openersFor(options.adapters?.cache, openers), url, options),
    options,
    systemOf(url),
  );
}
