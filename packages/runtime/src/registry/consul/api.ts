/** The five requests of Consul's agent that discovery needs; its REST API has been the same since 1.0. */
import { connect } from 'node:net';
import { Agent } from '../../calls/undici.ts';
import { z } from 'zod';
import type { Instance } from '../port.ts';
import { consulAddress } from './address.ts';

const Entries = z.array(
  z.object({
    Node: z.object({ Address: z.string() }),
    Service: z.object({ ID: z.string(), Address: z.string(), Port: z.int().min(1).max(65_535) }),
  }),
);

/** How long an answer may take beyond the wait that was asked for, in milliseconds. */
const PATIENCE_MS = 5_000;

export interface Entry {
  /** Unique in the registry. */
  readonly id: string;
  readonly service: string;
  readonly instance: string;
  readonly host: string;
  readonly port: number;
}

/** Every method throws when Consul cannot be reached or refuses. */
export class ConsulApi {
  readonly #url: URL;
  readonly #origin: string;
  readonly #headers: Record<string, string>;
  // Every service that is watched holds a connection: no limit.
  readonly #agent = new Agent({ connect: { timeout: 2_000 }, headersTimeout: 0, bodyTimeout: 0 });

  /** @param url `consul://consul:8500`, `consul+https://…`; its password is the token of an access control list. @throws Error when it is none. */
  constructor(url: URL) {
    const { origin, token } = consulAddress(url);
    this.#url = url;
    this.#origin = origin;
    this.#headers = token === undefined ? {} : { 'x-consul-token': token };
  }

  /**
   * The instances whose checks pass, at once or as soon as something changed since `index`.
   * @param wait Milliseconds; Consul adds up to a sixteenth, so that not all clients come back together.
   */
  async healthy(
    service: string,
    { index, wait, signal }: { index: number; wait: number; signal: AbortSignal },
  ): Promise<{ index: number; instances: Instance[] }> {
    const query = `passing=1&index=${index}&wait=${wait}ms`;
    const { body, headers } = await this.#request(
      'GET',
      `/v1/health/service/${encodeURIComponent(service)}?${query}`,
      undefined,
      AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(wait * (1 + 1 / 16)) + PATIENCE_MS)]),
    );
    const instances = Entries.parse(JSON.parse(body)).map(({ Node, Service }) => ({
      instance: Service.ID,
      host: Service.Address === '' ? Node.Address : Service.Address,
      port: Service.Port,
    }));
    return { index: Number(headers['x-consul-index'] ?? 0), instances };
  }

  /** Replaces an entry of the same id. */
  async register(entry: Entry, ready: boolean, ttlMs: number, signal: AbortSignal): Promise<void> {
    await this.#request(
      'PUT',
      '/v1/agent/service/register?replace-existing-checks=true',
      {
        ID: entry.id,
        Name: entry.service,
        Address: entry.host,
        Port: entry.port,
        Meta: { instance: entry.instance },
        Check: {
          CheckID: checkOf(entry.id),
          Name: 'ready',
          TTL: `${ttlMs}ms`,
          Status: status(ready),
          // For processes that were killed; a minute is the shortest that Consul takes.
          DeregisterCriticalServiceAfter: '1m',
        },
      },
      signal,
    );
  }

  /** Throws for an entry that Consul does not know, too. */
  async renew(id: string, ready: boolean, signal: AbortSignal): Promise<void> {
    const path = `/v1/agent/check/update/${encodeURIComponent(checkOf(id))}`;
    await this.#request('PUT', path, { Status: status(ready) }, signal);
  }

  async deregister(id: string, signal: AbortSignal): Promise<void> {
    await this.#request('PUT', `/v1/agent/service/deregister/${encodeURIComponent(id)}`, undefined, signal);
  }

  /** This machine's address on the network where Consul is: whoever asks Consul for instances is there too. */
  localAddress(): Promise<string> {
    const { protocol, hostname, port } = new URL(this.#origin);
    const usual = protocol === 'https:' ? 443 : 80;
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual) });
      socket.setTimeout(2_000, () => socket.destroy(new Error(`${this.#url.host} does not answer`)));
      socket.once('error', reject);
      socket.once('connect', () => {
        resolve(socket.localAddress as string);
        socket.destroy();
      });
    });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #request(method: 'GET' | 'PUT', path: string, content: unknown, signal: AbortSignal) {
    const answer = await this.#agent.request({
      origin: this.#origin,
      path,
      method,
      headers: this.#headers,
      body: content === undefined ? null : JSON.stringify(content),
      signal,
    });
    const body = await answer.body.text();
    if (answer.statusCode !== 200) throw new Refused(answer.statusCode, body);
    return { body, headers: answer.headers };
  }
}

/** Consul answers, but not as asked. */
export class Refused extends Error {
  constructor(code: number, body: string) {
    super(`Consul answers ${code}: ${body.trim().slice(0, 200)}`);
  }
}

const checkOf = (id: string): string => `service:${id}`;
const status = (ready: boolean): string => (ready ? 'passing' : 'critical');
