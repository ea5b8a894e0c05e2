import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import type { PubSub } from './port.ts';

export type { Follower, Following, Keep, PubSub } from './port.ts';
export { isAfter, isPosition } from './position.ts';

const openers: readonly Opener<PubSub>[] = [
  {
    schemes: ['memory:'],
    open: async (url, options) => (await import('./memory.ts')).openMemoryPubSub(url, options),
  },
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres.ts')).openPostgresPubSub(url, options),
  },
  {
    schemes: ['redis:', 'rediss:'],
    open: async (url, options) => (await import('./redis.ts')).openRedisPubSub(url, options),
  },
];

/** Pub/sub at a URL. @param url The same for all replicas: `postgres://user:password@host:port/pubsub`, `redis://host:port/0`; or `memory:` */
export function openPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return openPort('pub/sub', openersFor(options.adapters?.pubsub, openers), url, options);
}
