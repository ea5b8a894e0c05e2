import { lookup } from 'node:dns/promises';
import { pause } from '../backoff.ts';
import type { PortOptions } from '../port.ts';
import { type Instance, registeredElsewhere, type Registry } from './port.ts';

const TTL_MS = 3_000;
/** How long a query may keep requests waiting: a name server that is away takes many seconds to say so. */
const PATIENCE_MS = 2_000;

interface Answer {
  readonly instances: readonly Instance[];
  readonly until: number;
}

/**
 * `dns:?port=8080`: a service's name is its host name, and each of its addresses an instance. Services on other ports
 * are named: `dns:?port=8080&auth-service=4001`. With `&host={service}.internal`, names get a form.
 */
class DnsRegistry implements Registry {
  readonly register = registeredElsewhere;
  /** Resolve with the end of a query, or when it is not worth waiting for. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #known = new Map<string, Answer>();
  readonly #parameters: URLSearchParams;
  readonly #options: PortOptions;

  constructor(url: URL, options: PortOptions) {
    this.#parameters = url.searchParams;
    for (const [name, value] of this.#parameters) if (name !== 'host') checkPort(name, value);
    this.#options = options;
  }

  async instances(service: string): Promise<readonly Instance[]> {
    const known = this.#known.get(service);
    if (known !== undefined && known.until > this.#options.clock.now()) return known.instances;
    // Requests that come meanwhile share one query.
    let asking = this.#asking.get(service);
    if (asking === undefined) {
      const answered = new AbortController();
      const asked = this.#ask(service).finally(() => {
        this.#asking.delete(service);
        answered.abort();
      });
      asking = Promise.race([asked, pause(PATIENCE_MS, answered.signal)]);
      this.#asking.set(service, asking);
    }
    await asking;
    return this.#known.get(service)?.instances ?? [];
  }

  watch(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.#asking.values());
  }

  async #ask(service: string): Promise<void> {
    const port = Number(this.#parameters.get(service) ?? this.#parameters.get('port') ?? 80);
    const host = (this.#parameters.get('host') ?? '{service}').replace('{service}', service);
    let instances = this.#known.get(service)?.instances ?? [];
    try {
      const addresses = await lookup(host, { all: true });
      instances = addresses.map(({ address }) => ({
        instance: `${service}@${address}`,
        host: address,
        port,
      }));
    } catch (error) {
      this.#options.log.warn({ err: error, service }, 'The name of a service cannot be resolved');
    }
    // From now on: an answer that took longer than that would be out of date at once.
    this.#known.set(service, { instances, until: this.#options.clock.now() + TTL_MS });
  }
}

/** Now, rather than with each call. */
function checkPort(name: string, value: string): void {
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) return;
  throw new Error(`${name}=${value} is not a port: write a number from 1 to 65535, as in dns:?port=8080.`);
}

/** @throws Error for what is no port. */
export const openDnsRegistry = (url: URL, options: PortOptions): Registry => new DnsRegistry(url, options);
