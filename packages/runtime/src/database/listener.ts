import pg from 'pg';
import { pause } from '../backoff.ts';
import { outsideContext } from '../context.ts';
import type { Logger } from '../log.ts';
import { isUnreachable } from './failures.ts';

/** A connection that does not answer for so long is given up: a frozen machine, a cable, a firewall that forgot it. */
const ANSWER_MS = 5_000;
const ASK_EVERY_MS = 5_000;

/** What a listener tells, and to whom. */
export interface ListenerOptions {
  /** Shown in pg_stat_activity. */
  readonly application: string;
  readonly log: Logger;
  /** The connection is gone: nothing is heard until `onConnect`. */
  onLost?(): void;
  /** After every (re)connection: what was notified meanwhile is lost, so look for yourself. */
  onConnect?(): void;
  onNotification(channel: string, payload: string): void;
}

/**
 * A connection of its own that LISTENs, and comes back by itself when the server was away. Notifications are wake-ups:
 * a receiver must find its work by query too.
 */
export class Listener {
  readonly #url: URL;
  /** Settles when it is listened to on the connection of that moment. */
  readonly #channels = new Map<string, Promise<void>>();
  readonly #options: ListenerOptions;
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #first: Promise<{ gone: Promise<void> }> | undefined;
  #running: Promise<void> | undefined;
  #asked: Promise<void> = Promise.resolve();

  constructor(url: URL, channels: readonly string[], options: ListenerOptions) {
    this.#url = url;
    for (const channel of channels) this.#channels.set(channel, Promise.resolve());
    this.#options = options;
  }

  /** Resolves when the first connection listens; later ones are made in the background. */
  async start(): Promise<void> {
    this.#first = outsideContext(() => this.#connect());
    const first = await this.#first;
    this.#running = outsideContext(() => this.#keep(first));
  }

  /** Nothing is sent for a channel that is listened to already. */
  async listen(channel: string): Promise<void> {
    let listening = this.#channels.get(channel);
    if (listening === undefined) {
      listening = this.#ask(`listen ${pg.escapeIdentifier(channel)}`).catch((error: unknown) => {
        // The next connection listens to all channels.
        if (!isUnreachable(error) && !isTimeout(error)) throw error;
      });
      this.#channels.set(channel, listening);
    }
    await listening;
  }

  async unlisten(channel: string): Promise<void> {
    this.#channels.delete(channel);
    await this.#ask(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#first?.catch(() => undefined);
    await this.#client?.end().catch(() => undefined);
    await this.#running;
  }

  /** One after the other, as the driver wants it. A connection that does not answer is ended. */
  #ask(text: string): Promise<void> {
    const asked = this.#asked.then(async () => {
      const client = this.#client;
      try {
        await client?.query(text);
      } catch (error) {
        // `end` would wait for an answer too.
        if (isTimeout(error)) client?.connection.stream.destroy();
        throw error;
      }
    });
    this.#asked = asked.catch(() => undefined);
    return asked;
  }

  /** Resolves to a promise that settles when this connection is gone. */
  async #connect(): Promise<{ gone: Promise<void> }> {
    const client = new pg.Client({
      connectionString: this.#url.href,
      application_name: `${this.#options.application} listener`,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    const gone = new Promise<void>((resolve) => {
      client.once('end', resolve);
      // Without this handler a killed server would be an uncaught exception.
      client.on('error', () => resolve());
    });
    const asking = setInterval(() => void this.#ask('select 1').catch(() => undefined), ASK_EVERY_MS).unref();
    void gone.then(() => clearInterval(asking));
    client.on('notification', ({ channel, payload }) => this.#options.onNotification(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.#channels.keys())
        await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    this.#options.onConnect?.();
    return { gone };
  }

  async #keep(first: { gone: Promise<void> }): Promise<void> {
    const log = this.#options.log;
    let connection: { gone: Promise<void> } | undefined = first;
    while (!this.#stop.signal.aborted) {
      if (connection !== undefined) {
        await connection.gone;
        if (this.#stop.signal.aborted) return;
        this.#options.onLost?.();
        log.warn('Notifications are interrupted: the connection to PostgreSQL was lost');
        await this.#client?.end().catch(() => undefined);
      }
      connection = await this.#connect().catch(() => undefined);
      if (connection === undefined) await pause(250, this.#stop.signal);
      else log.info('Notifications arrive again');
    }
    await this.#client?.end().catch(() => undefined);
  }
}

/** The driver's own error of a query that was not answered. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';
