import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ensureSchema, Listener, openDatabase, type Database } from '../database/index.ts';
import type { PortOptions } from '../port.ts';
import { portSpans } from '../telemetry/ports.ts';
import { Followers } from './followers.ts';
import type { Follower, Following, Keep, PubSub } from './port.ts';
import { channelOf, PostgresLog } from './postgres-log.ts';
import { Topics } from './topics.ts';

/** NOTIFY carries less than 8,000 bytes; longer messages wait in a table. */
const INLINE_BYTES = 7_000;
const SWEEP_MS = 60_000;

type Envelope =
  | { readonly topic: string; readonly message: unknown }
  | { readonly topic: string; readonly id: string };

/** What was appended, `1764176412345678 {…}`; without its message when that is too long. */
const APPENDED = /^(\d+) (.*)$/s;

/** A channel per topic, so that a process hears only what it asked for. */
class PostgresPubSub implements PubSub {
  readonly #database: Database;
  readonly #listener: Listener;
  readonly #topics: Topics;
  readonly #log: PostgresLog;
  readonly #followers: Followers;
  readonly #options: PortOptions;
  readonly #sweep: NodeJS.Timeout;
  readonly #span = portSpans('postgresql');
  #started: Promise<void> | undefined;
  #prepared: Promise<void> | undefined;
  /** Keeps the order while a long message is fetched. */
  #received: Promise<void> = Promise.resolve();

  constructor(database: Database, url: URL, options: PortOptions) {
    this.#database = database;
    this.#options = options;
    this.#topics = new Topics(options.log);
    this.#log = new PostgresLog(database.db);
    const listen = (topic: string) => this.#listen(topic);
    const leave = (topic: string) => this.#leave(topic);
    this.#followers = new Followers(this.#log, { listen, leave }, options.log);
    this.#listener = new Listener(url, [], {
      application: options.instance,
      log: options.log,
      onLost: () => this.#followers.interrupted(),
      onConnect: () => this.#followers.back(),
      onNotification: (_, payload) => {
        this.#received = this.#received.then(() => this.#receive(payload)).catch(() => undefined);
      },
    });
    this.#sweep = setInterval(() => void this.#expire().catch(() => undefined), SWEEP_MS).unref();
  }

  publish(topic: string, message: unknown): Promise<void> {
    return this.#span('publish', 'pubsub', () => this.#announce(topic, message));
  }

  async subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>> {
    await this.#start();
    this.#topics.add(topic, receive);
    await this.#listen(topic);
    return async () => {
      this.#topics.remove(topic, receive);
      await this.#leave(topic);
    };
  }

  async append(topic: string, message: unknown, keep: Keep, id?: string): Promise<string> {
    const text = JSON.stringify(message);
    return this.#span('append', 'pubsub', () => this.#log.append(topic, text, keep, id));
  }

  follow(topic: string, follower: Follower): Promise<Following> {
    return this.#followers.follow(topic, follower);
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    this.#followers.close();
    await this.#listener.close();
    await this.#received;
    await this.#database.close();
  }

  async #announce(topic: string, message: unknown): Promise<void> {
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

  async #start(): Promise<void> {
    this.#started ??= this.#listener.start();
    try {
      await this.#started;
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
  }

  async #listen(topic: string): Promise<void> {
    await this.#start();
    await this.#listener.listen(channelOf(topic));
  }

  /** Unless somebody still wants it. */
  async #leave(topic: string): Promise<void> {
    if (!this.#isWanted(topic)) await this.#listener.unlisten(channelOf(topic));
  }

  #isWanted(topic: string): boolean {
    return this.#topics.has(topic) || this.#followers.has(topic);
  }

  #deliver(topic: string, message: unknown, position?: string): void {
    this.#topics.deliver(topic, message);
    this.#followers.receive(topic, message, position);
  }

  async #receive(payload: string): Promise<void> {
    const [, position, rest = payload] = APPENDED.exec(payload) ?? [];
    const envelope = JSON.parse(rest) as Envelope;
    if (!this.#isWanted(envelope.topic)) return;
    if (position !== undefined) return this.#receiveAppended(envelope, position);
    if ('message' in envelope) return this.#deliver(envelope.topic, envelope.message);
    try {
      const { rows } = await sql<{
        body: string;
      }>`select body from pubsub_message where id = ${envelope.id}`.execute(this.#database.db);
      if (rows[0] !== undefined) this.#deliver(envelope.topic, JSON.parse(rows[0].body));
    } catch (error) {
      this.#options.log.warn(
        { err: error, topic: envelope.topic },
        'A long message could not be fetched; it is lost',
      );
    }
  }

  async #receiveAppended(envelope: Envelope, position: string): Promise<void> {
    const { topic } = envelope;
    if ('message' in envelope) return this.#deliver(topic, envelope.message, position);
    try {
      const body = await this.#log.fetch(topic, position);
      if (body !== undefined) return this.#deliver(topic, JSON.parse(body), position);
    } catch (error) {
      this.#options.log.warn(
        { err: error, topic },
        'A long message could not be fetched; followers read again',
      );
    }
    // Nothing after it may come before it.
    this.#followers.missed(topic);
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
    await this.#log.expire();
    await sql`delete from pubsub_message where created_at < now() - interval '5 minutes'`.execute(
      this.#database.db,
    );
  }
}

export async function openPostgresPubSub(url: URL, options: PortOptions): Promise<PubSub> {
  return new PostgresPubSub(await openDatabase(url, { ...options, max: 4 }), url, options);
}
