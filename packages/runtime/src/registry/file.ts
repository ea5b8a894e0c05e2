import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { PortOptions } from '../port.ts';
import { type Instance, registeredElsewhere, type Registry } from './port.ts';

const Instances = z.array(
  z.object({ instance: z.string(), host: z.string(), port: z.int().min(1).max(65_535) }),
);
const Snapshot = z.object({ version: z.number(), services: z.record(z.string(), Instances) });

const POLL_MS = 3_000;

/**
 * `file:///…/registry.json`, which the local supervisor replaces atomically. The folder is watched, since a watch on
 * the file would stay with the replaced one; a slow poll covers file systems that do not tell.
 */
class FileRegistry implements Registry {
  readonly register = registeredElsewhere;
  readonly #path: string;
  readonly #options: PortOptions;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;
  #text = '';
  #services: ReadonlyMap<string, readonly Instance[]> = new Map();
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(path: string, options: PortOptions) {
    this.#path = path;
    this.#options = options;
    this.#timer = setInterval(() => void this.read(), POLL_MS).unref();
    this.#watch();
  }

  async instances(service: string): Promise<readonly Instance[]> {
    return this.#services.get(service) ?? [];
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the file now, and once more when it changed meanwhile. Keeps the last good content. */
  read(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#load().finally(() => {
      this.#reading = undefined;
      if (this.#again) {
        this.#again = false;
        void this.read();
      }
    });
    return this.#reading;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#watcher?.close();
    this.#listeners.clear();
    await this.#reading;
  }

  async #load(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    if (text === undefined || text === this.#text) return;
    this.#text = text;
    try {
      const { services } = Snapshot.parse(JSON.parse(text));
      this.#services = new Map(Object.entries(services));
    } catch (error) {
      this.#options.log.warn({ err: error }, 'The registry cannot be read; the last content stays in use');
      return;
    }
    for (const listener of this.#listeners) listener();
  }

  #watch(): void {
    const name = basename(this.#path);
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) void this.read();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No folder yet, or no more watches to be had: the poll goes on.
    }
  }
}

export async function openFileRegistry(url: URL, options: PortOptions): Promise<Registry> {
  const registry = new FileRegistry(fileURLToPath(url), options);
  await registry.read();
  return registry;
}
