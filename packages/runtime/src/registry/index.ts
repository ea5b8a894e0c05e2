import { openersFor, openPort, type Opener, type PortOptions } from '../port.ts';
import type { Registry } from './port.ts';

export type { Announcement, Instance, Registry } from './port.ts';

const openers: readonly Opener<Registry>[] = [
  {
    schemes: ['file:'],
    open: async (url, options) => (await import('./file.ts')).openFileRegistry(url, options),
  },
  {
    schemes: ['dns:'],
    open: async (url, options) => (await import('./dns.ts')).openDnsRegistry(url, options),
  },
  {
    schemes: ['consul:', 'consul+https:'],
    open: async (url, options) => (await import('./consul/consul.ts')).openConsulRegistry(url, options),
  },
  { schemes: ['static:'], open: async (url) => (await import('./static.ts')).openStaticRegistry(url) },
];

/** A registry at a URL. @param url `file:///…/registry.json`, `consul://consul:8500`, `dns:?port=8080`, `static:?auth-service=127.0.0.1:4001` */
export function openRegistry(url: URL, options: PortOptions): Promise<Registry> {
  return openPort('registry', openersFor(options.adapters?.registry, openers), url, options);
}
