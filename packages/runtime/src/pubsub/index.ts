import { openPort, type Opener, type PortOptions } from '../port.ts';
import type { PubSub } from './port.ts';

export type { PubSub } from './port.ts';

const openers: readonly Opener<PubSub>[] = [
  {
    schemes: ['memory:'],
    open: async (url, options) => (await import('./memory.ts')).openMemoryPubSub(url, options),
  },
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres.ts')).openPostgresPubSub(url, options),
  },
];

/** @param url `postgres://user:password@host:port/pubsub`, the same for all replicas, or `memory:` */
export function openPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return openPort('pub/sub', openers, url, options);
}
