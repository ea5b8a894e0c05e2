/** The route table of a file, kept up to date. */
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Logger } from '../../log.ts';
import { SettingError } from '../../settings.ts';
import { parseTable, type RouteTable } from './table.ts';

const POLL_MS = 3_000;

/**
 * Read again whenever the file is replaced. The folder is watched, since a watch on the file would stay with the replaced
 * one; a slow poll covers file systems that do not tell (containers, network). A broken file changes nothing.
 */
export class WatchedTable {
  #table: RouteTable;
  #text: string;
  readonly #file: string;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;

  /** @throws SettingError when the file cannot be read or is no route table. */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
    try {
      this.#text = readFileSync(file, 'utf8');
      this.#table = parseTable(this.#text);
    } catch (error) {
      const hint = 'hometrip generate writes it';
      throw new SettingError(
        'GATEWAY_ROUTES_FILE',
        `GATEWAY_ROUTES_FILE names ${file}, which is not a route table (${hint}): ${(error as Error).message}`,
      );
    }
    this.#timer = setInterval(() => void this.read(), POLL_MS).unref();
    this.#watch();
  }

  get current(): RouteTable {
    return this.#table;
  }

  async read(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => undefined);
    if (text === undefined || text === this.#text) return;
    this.#text = text;
    try {
      this.#table = parseTable(text);
      this.#log.info({ file: this.#file, services: this.#table.services.length }, 'the routes have changed');
    } catch (error) {
      this.#log.error(
        { file: this.#file, reason: (error as Error).message },
        'the new routes cannot be read; the old ones stay in use',
      );
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  #watch(): void {
    const name = basename(this.#file);
    try {
      this.#watcher = watch(dirname(this.#file), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) void this.read();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No more watches to be had: the poll goes on.
    }
  }
}
