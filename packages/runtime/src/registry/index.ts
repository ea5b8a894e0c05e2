import { openPort, type Opener, type PortOptions } from '../port.ts';
import type { Registry } from './port.ts';

export type { Instance, Registry } from './port.ts';

const openers: readonly Opener<Registry>[] = [
  {
    schemes: ['file:'],
    open: async (url, options) => (await import('./file.ts')).openFileRegistry(url, options),
  },
  {
    schemes: ['dns:'],
    open: async (url, options) => (await import('./dns.ts')).openDnsRegistry(url, options),
  },
  { schemes: ['static:'], open: async (url) => (await import('./static.ts')).openStaticRegistry(url) },
];

/** @param url `file:///…/registry.json`, `dns:?port=8080`, `static:?auth-service=127.0.0.1:4001` */
export function openRegistry(url: URL, options: PortOptions): Promise<Registry> {
  return openPort('registry', openers, url, options);
}
