import { lookup } from 'node:dns/promises';
import type { PortOptions } from '../port.ts';
import { type Instance, registeredElsewhere, type Registry } from './port.ts';

const TTL_MS = 3_000;

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
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #known = new Map<string, Answer>();
  readonly #parameters: URLSearchParams;
  readonly #options: PortOptions;

  constructor(url: URL, options: PortOptions) {
    this.#parameters = url.searchParams;
    this.#options = options;
  }

  async instances(service: string): Promise<readonly Instance[]> {
    const known = this.#known.get(service);
    if (known !== undefined && known.until > this.#options.clock.now()) return known.instances;
    // Requests that come meanwhile share one query.
    let answer = this.#answers.get(service);
    if (answer === undefined) {
      answer = this.#ask(service).finally(() => this.#answers.delete(service));
      this.#answers.set(service, answer);
    }
    return (await answer).instances;
  }

  watch(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#answers.values());
  }

  async #ask(service: string): Promise<Answer> {
    const port = Number(this.#parameters.get(service) ?? this.#parameters.get('port') ?? 80);
    const host = (this.#parameters.get('host') ?? '{service}').replace('{service}', service);
    const until = this.#options.clock.now() + TTL_MS;
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
    const answer = { instances, until };
    this.#known.set(service, answer);
    return answer;
  }
}

export const openDnsRegistry = (url: URL, options: PortOptions): Registry => new DnsRegistry(url, options);
