import { sql } from 'kysely';
import { ensureSchema } from '../../database/schema.ts';
import { afterCommit, runTransaction, type Db, type Tx } from '../../database/transaction.ts';
import type { Backlog, MessageStore, RefusedMessage, StoreTx } from '../message-store.ts';
import type { BusMessage } from '../port.ts';

/** Tables `outbox`, `outbox_dead` and `inbox` beside the service's own. */
export class PostgresMessageStore implements MessageStore {
  readonly #db: Db;
  #prepared: Promise<void> | undefined;

  constructor(db: Db) {
    this.#db = db;
  }

  async prepare(): Promise<void> {
    this.#prepared ??= this.#create();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  async append(messages: readonly BusMessage[], tx?: StoreTx): Promise<void> {
    await this.prepare();
    const rows = messages.map(
      ({ id, name, source, payload, headers, occurredAt }) =>
        sql`(${id}, ${name}, ${source}, ${JSON.stringify(payload)}, ${JSON.stringify(headers)}, ${occurredAt})`,
    );
    await sql`insert into outbox (id, name, source, payload, headers, occurred_at) values ${sql.join(rows)}`.execute(
      (tx as Tx | undefined) ?? this.#db,
    );
  }

  afterCommit(tx: StoreTx, callback: () => void): void {
    afterCommit(tx as Tx, callback);
  }

  async relay(
    limit: number,
    publish: (messages: readonly BusMessage[]) => Promise<readonly RefusedMessage[]>,
  ): Promise<number> {
    await this.prepare();
    const waiting = await sql`select from outbox limit 1`.execute(this.#db);
    if (waiting.rows.length === 0) return 0;
    return await runTransaction(this.#db, async (tx) => {
      // A crash may undo the deletion: then the bus gets the same ids again, and knows them.
      const lock = await sql<{ mine: boolean }>`
        select pg_try_advisory_xact_lock(hashtextextended('hometrip:outbox', 0)) as mine,
          set_config('synchronous_commit', 'off', true)`.execute(tx);
      if (lock.rows[0]?.mine !== true) return 0;
      const { rows } = await sql<BusMessage & { seq: number }>`
        select seq, id, name, source, payload, headers, occurred_at from outbox order by seq limit ${limit}`.execute(
        tx,
      );
      if (rows.length === 0) return 0;
      for (const { id, reason } of await publish(rows.map(({ seq: _, ...message }) => message)))
        await sql`insert into outbox_dead select seq, id, name, source, payload, headers, occurred_at, ${reason}
          from outbox where id = ${id}`.execute(tx);
      await sql`delete from outbox where seq = any(${rows.map((row) => row.seq)})`.execute(tx);
      return rows.length;
    });
  }

  async backlog(): Promise<Backlog> {
    await this.prepare();
    const { rows } = await sql<Backlog>`
      select count(*) as count, coalesce(extract(epoch from clock_timestamp() - min(occurred_at)), 0) as seconds,
        (select count(*) from outbox_dead) as refused
      from outbox`.execute(this.#db);
    return rows[0] ?? { count: 0, seconds: 0, refused: 0 };
  }

  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T> {
    return runTransaction(this.#db, work);
  }

  async claim(tx: StoreTx, consumer: string, eventId: string): Promise<boolean> {
    const { numAffectedRows } = await sql`
      insert into inbox (consumer, event_id) values (${consumer}, ${eventId}) on conflict do nothing`.execute(
      tx as Db,
    );
    return numAffectedRows === 1n;
  }

  async expire(days: number): Promise<void> {
    await this.prepare();
    await sql`delete from inbox where handled_at < now() - make_interval(days => ${days}::int)`.execute(
      this.#db,
    );
  }

  async #create(): Promise<void> {
    await ensureSchema(this.#db, 'outbox', [
      `create table outbox (
        seq bigint generated always as identity primary key,
        id uuid not null, name text not null, source text not null, payload jsonb not null, headers jsonb not null,
        occurred_at timestamptz not null)`,
    ]);
    await ensureSchema(this.#db, 'outbox_dead', [
      `create table outbox_dead (
        seq bigint primary key, id uuid not null, name text not null, source text not null, payload jsonb not null,
        headers jsonb not null, occurred_at timestamptz not null, reason text not null,
        refused_at timestamptz not null default now())`,
    ]);
    await ensureSchema(this.#db, 'inbox', [
      `create table inbox (
        consumer text not null, event_id uuid not null, handled_at timestamptz not null default now(),
        primary key (consumer, event_id))`,
      'create index inbox_handled_at on inbox (handled_at)',
    ]);
  }
}
