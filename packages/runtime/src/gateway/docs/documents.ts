/** The documents of the services, asked for when somebody reads the documentation, and kept for a moment. */
import type { InstancePool } from '../../calls/index.ts';
import { Agent } from '../../calls/undici.ts';
import type { Clock } from '../../clock.ts';
import type { ServiceDocument } from './aggregate.ts';

const KEPT_MS = 10_000;
const TIMEOUT_MS = 2_000;
const LONGEST = 8 * 1024 * 1024;

export class ServiceDocuments {
  readonly #pool: InstancePool;
  readonly #clock: Clock;
  #kept:
    | {
        readonly key: string;
        readonly until: number;
        readonly documents: Promise<readonly ServiceDocument[]>;
      }
    | undefined;

  constructor(pool: InstancePool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** In the order of `services`. A service that does not answer in two seconds comes without document. */
  get(services: readonly string[]): Promise<readonly ServiceDocument[]> {
    const key = services.join(' ');
    const now = this.#clock.now();
    if (this.#kept === undefined || this.#kept.key !== key || this.#kept.until <= now) {
      const documents = Promise.all(
        services.map(async (service) => ({
          service,
          document: await this.#fetch(service).catch(() => undefined),
        })),
      );
      this.#kept = { key, until: now + KEPT_MS, documents };
      // One that was missing may be back: do not wait.
      void documents.then((list) => {
        if (list.some(({ document }) => document === undefined) && this.#kept?.documents === documents)
          this.#kept = undefined;
      });
    }
    return this.#kept.documents;
  }

  async #fetch(service: string): Promise<NonNullable<ServiceDocument['document']>> {
    const picked = await this.#pool.pick(service);
    // For a moment only: documents are asked for too seldom to keep connections.
    const agent = new Agent({ maxResponseSize: LONGEST });
    try {
      const { statusCode, body } = await agent.request({
        origin: picked.origin,
        path: '/openapi.json',
        method: 'GET',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const document = await body.json();
      picked.done('ok');
      if (statusCode !== 200 || typeof document !== 'object' || document === null)
        throw new Error(`${service} has no document`);
      return document;
    } finally {
      picked.done('failed');
      void agent.destroy();
    }
  }
}
