import { hash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ensureSchema, Listener, openDatabase, type Database } from '../database/index.ts';
import type { PortOptions } from '../port.ts';
import type { PubSub } from './port.ts';
import { Topics } from './topics.ts';

/** NOTIFY carries less than 8,000 bytes; longer messages wait in a table. */
const INLINE_BYTES = 7_000;
const SWEEP_MS = 60_000;

type Envelope =
  | { readonly topic: string; readonly message: unknown }
  | { readonly topic: string; readonly id: string };

/** A channel per topic, so that a process hears only what it asked for. */
class PostgresPubSub implements PubSub {
  readonly #database: Database;
  readonly #listener: Listener;
  readonly #topics: Topics;
  readonly #options: PortOptions;
  readonly #sweep: NodeJS.Timeout;
  #started: Promise<void> | undefined;
  #prepared: Promise<void> | undefined;
  /** Keeps the order while a long message is fetched. */
  #received: Promise<void> = Promise.resolve();

  constructor(database: Database, url: URL, options: PortOptions) {
    this.#database = database;
    this.#options = options;
    this.#topics = new Topics(options.log);
    this.#listener = new Listener(url, [], {
      application: options.instance,
      log: options.log,
      onNotification: (_, payload) => {
        this.#received = this.#received.then(() => this.#receive(payload)).catch(() => undefined);
      },
    });
    this.#sweep = setInterval(() => void this.#expire().catch(() => undefined), SWEEP_MS).unref();
  }

  async publish(topic: string, message: unknown): Promise<void> {
    const inline = JSON.stringify({ topic, message } satisfies Envelope);
    if (Buffer.byteLength(inline) <= INLINE_BYTES) {
      await sql`select pg_notify(${channelOf(topic)}, ${inline})`.execute(this.#database.db);
      return;
    }
    await this.#prepare();
    const id = randomUUID();
    const envelope = JSON.stringify({ topic, id } satisfies Envelope);
    await sql`
      with stored as (insert into pubsub_message (id, body) values (${id}, ${JSON.stringify(message)}) returning id)
      select pg_notify(${channelOf(topic)}, ${envelope}) from stored`.execute(this.#database.db);
  }

  async subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>> {
    this.#started ??= this.#listener.start();
    try {
      await this.#started;
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
    this.#topics.add(topic, receive);
    await this.#listener.listen(channelOf(topic));
    return async () => {
      this.#topics.remove(topic, receive);
      if (!this.#topics.has(topic)) await this.#listener.unlisten(channelOf(topic));
    };
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#listener.close();
    await this.#received;
    await this.#database.close();
  }

  async #receive(payload: string): Promise<void> {
    const envelope = JSON.parse(payload) as Envelope;
    if (!this.#topics.has(envelope.topic)) return;
    if ('message' in envelope) {
      this.#topics.deliver(envelope.topic, envelope.message);
      return;
    }
    try {
      const { rows } = await sql<{
        body: string;
      }>`select body from pubsub_message where id = ${envelope.id}`.execute(this.#database.db);
      if (rows[0] !== undefined) this.#topics.deliver(envelope.topic, JSON.parse(rows[0].body));
    } catch (error) {
      this.#options.log.warn(
        { err: error, topic: envelope.topic },
        'A long message could not be fetched; it is lost',
      );
    }
  }

  async #prepare(): Promise<void> {
    this.#prepared ??= ensureSchema(this.#database.db, 'pubsub_message', [
      'create unlogged table pubsub_message (id uuid primary key, body text not null, created_at timestamptz not null default now())',
    ]);
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** Listeners fetch at once; who has not after five minutes is gone. */
  async #expire(): Promise<void> {
    await this.#prepare();
    await sql`delete from pubsub_message where created_at < now() - interval '5 minutes'`.execute(
      this.#database.db,
    );
  }
}

/** Names of channels have at most 63 bytes. */
const channelOf = (topic: string): string => `pubsub_${hash('sha256', topic).slice(0, 40)}`;

export async function openPostgresPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return new PostgresPubSub(await openDatabase(url, { ...options, max: 2 }), url, options);
}
