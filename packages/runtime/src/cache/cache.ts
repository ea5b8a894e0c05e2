import { Counter } from 'prom-client';
import { currentContext } from '../context.ts';
import type { Port, PortOptions } from '../port.ts';
import { type PortSpans, portSpans } from '../telemetry/ports.ts';
import type { CacheAdapter } from './port.ts';

/** For how long a value is kept, and by which names it is found to be deleted. */
export interface SetOptions {
  /** How long the value may be used. */
  readonly ttlMs: number;
  /** For `deleteTag`: `listing:42`. */
  readonly tags?: readonly string[] | undefined;
}

/** A value on its way, for all who ask meanwhile. */
interface Loading {
  readonly tags: readonly string[];
  readonly value: Promise<unknown>;
  /** Of the request that began it. */
  readonly signal: AbortSignal | undefined;
}

/** Values as JSON, shared by the replicas of one service. A cache that is away is an empty one, never an error. */
export class Cache implements Port {
  readonly #adapter: CacheAdapter;
  readonly #options: PortOptions;
  readonly #loading = new Map<string, Loading>();
  readonly #reads: Counter<'result'>;
  readonly #span: PortSpans;
  #troubled = false;

  /** @param system What spans call the server: `redis`. */
  constructor(adapter: CacheAdapter, options: PortOptions, system = 'memory') {
    this.#adapter = adapter;
    this.#span = portSpans(system);
    this.#options = options;
    this.#reads = new Counter({
      name: 'cache_reads_total',
      help: 'Reads of the cache: hit, miss, error.',
      labelNames: ['result'],
      registers: [options.metrics],
    });
  }

  async get<T>(key: string): Promise<T | undefined> {
    let failed = false;
    const text = await this.#span('get', 'cache', () => this.#adapter.get(this.#key(key))).catch(
      (error: unknown) => {
        failed = true;
        this.#complain(error);
        return undefined;
      },
    );
    this.#reads.inc({ result: failed ? 'error' : text === undefined ? 'miss' : 'hit' });
    if (!failed) this.#troubled = false;
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  async set(key: string, value: unknown, { ttlMs, tags = [] }: SetOptions): Promise<void> {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError('undefined cannot be cached: use null.');
    const names = tags.map((tag) => this.#key(tag));
    await this.#span('set', 'cache', () => this.#adapter.set(this.#key(key), text, ttlMs, names)).catch(
      (error: unknown) => this.#complain(error),
    );
  }

  /** The cached value, or what `load` returns; callers in this process that ask meanwhile share one load. */
  async fetch<T>(key: string, options: SetOptions, load: () => Promise<T>): Promise<T> {
    const cached = await this.get<T>(key);
    if (cached !== undefined) return cached;
    for (;;) {
      const loading = this.#loading.get(key);
      if (loading === undefined) return await this.#begin(key, options, load);
      try {
        return (await loading.value) as T;
      } catch (error) {
        // Whoever began it waits no longer, which is nothing to those who still do.
        if (loading.signal?.aborted !== true) throw error;
      }
    }
  }

  async delete(key: string): Promise<void> {
    this.#loading.delete(key);
    await this.#span('delete', 'cache', () => this.#adapter.delete(this.#key(key))).catch((error: unknown) =>
      this.#complain(error),
    );
  }

  async deleteTag(tag: string): Promise<void> {
    for (const [key, { tags }] of this.#loading) if (tags.includes(tag)) this.#loading.delete(key);
    await this.#span('deleteTag', 'cache', () => this.#adapter.deleteTag(this.#key(tag))).catch(
      (error: unknown) => this.#complain(error),
    );
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }

  #begin<T>(key: string, options: SetOptions, load: () => Promise<T>): Promise<T> {
    // What was deleted meanwhile may have been read before the change for which it was deleted.
    const isCurrent = () => this.#loading.get(key) === loading;
    const value = this.#load(key, options, load, isCurrent).finally(() => {
      if (isCurrent()) this.#loading.delete(key);
    });
    const loading = { value, tags: options.tags ?? [], signal: currentContext()?.signal };
    this.#loading.set(key, loading);
    return value;
  }

  async #load<T>(
    key: string,
    options: SetOptions,
    load: () => Promise<T>,
    isCurrent: () => boolean,
  ): Promise<T> {
    const value = await load();
    if (value !== undefined && isCurrent()) await this.set(key, value, options);
    return value;
  }

  /** Services share one server. */
  #key(key: string): string {
    return `${this.#options.service}:${key}`;
  }

  /** Once per trouble, not once per request. */
  #complain(error: unknown): void {
    if (!this.#troubled) this.#options.log.warn({ err: error }, 'The cache cannot be used at the moment');
    this.#troubled = true;
  }
}
