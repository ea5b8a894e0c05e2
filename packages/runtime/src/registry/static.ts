import { type Instance, registeredElsewhere, type Registry } from './port.ts';

/** `static:?auth-service=127.0.0.1:4001&auth-service=127.0.0.1:4011`: fixed addresses, for tests and small set-ups. */
export function openStaticRegistry(url: URL): Registry {
  // Without its question mark an address would be passed over in silence.
  if (url.pathname !== '')
    throw new TypeError(
      `“${url.pathname}” is not a list of services: write static:?auth-service=127.0.0.1:4001.`,
    );
  const services = new Map<string, Instance[]>();
  for (const [service, address] of url.searchParams) {
    const match = /^(.+):(\d+)$/.exec(address);
    if (match === null) throw new TypeError(`“${address}” is not an address of ${service}: write host:port.`);
    const known = services.get(service) ?? [];
    known.push({ instance: `${service}#${known.length + 1}`, host: match[1] ?? '', port: Number(match[2]) });
    services.set(service, known);
  }
  return {
    instances: async (service) => services.get(service) ?? [],
    watch: () => () => undefined,
    register: registeredElsewhere,
    close: async () => undefined,
  };
}
