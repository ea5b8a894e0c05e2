import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { sweep } from '../../database/sweep.ts';
import type { BusMessage, DeadLetter, Delivery, Lag } from '../port.ts';

/** A delivery that this process works on; `attempt` is also the token that proves it still does. */
export interface Leased extends Delivery {
  readonly seq: number;
}

/** Where a delivery goes. */
export interface Settled {
  readonly seq: number;
  readonly attempt: number;
}

export const CHANNEL = 'bus_event';

/** The statements of the bus, one method each. Every one is atomic. */
export class Queue {
  readonly #db: Db;
  readonly #leaseMs: number;

  constructor(db: Db, leaseMs: number) {
    this.#db = db;
    this.#leaseMs = leaseMs;
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    // A record takes the null of JSON for that of SQL.
    await sql`
      with incoming as (
        select * from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb)
          as m (id uuid, name text, source text, payload jsonb, headers jsonb, "occurredAt" timestamptz)
      ), stored as (
        insert into bus_event (id, name, source, payload, headers, occurred_at)
        select id, name, source, coalesce(payload, 'null'), headers, ${sql.raw('"occurredAt"')} from incoming
        on conflict (id) do nothing returning seq, name
      ), due as (
        insert into bus_delivery (consumer_group, seq, event_name)
        select s.consumer_group, e.seq, e.name from stored e join bus_subscription s on s.event_name = e.name
        returning event_name
      )
      select pg_notify(${CHANNEL}, event_name) from (select distinct event_name from due) as events`.execute(
      this.#db,
    );
  }

  /** Durable for these events; others that the group once had are given up, waiting deliveries stay. */
  async subscribe(group: string, events: readonly string[], owner: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await sql`
        insert into bus_subscription (consumer_group, event_name) select ${group}, unnest(${events}::text[])
        on conflict (consumer_group, event_name) do update set seen_at = now()`.execute(tx);
      await sql`
        delete from bus_subscription where consumer_group = ${group} and event_name <> all(${events}::text[])`.execute(
        tx,
      );
      // An instance that was killed and is back need not wait for its own leases to end.
      await sql`
        update bus_delivery set available_at = now(), owner = null
        where consumer_group = ${group} and owner = ${owner}`.execute(tx);
    });
  }

  async claim(
    group: string,
    events: readonly string[],
    owner: string,
    limit: number,
  ): Promise<readonly Leased[]> {
    const { rows } = await sql<BusMessage & { seq: number; attempts: number }>`
      with due as (
        select seq from bus_delivery
        where consumer_group = ${group} and event_name = any(${events}::text[]) and available_at <= now()
        order by seq limit ${limit} for update skip locked
      ), leased as (
        update bus_delivery d set attempts = attempts + 1, owner = ${owner}, available_at = now() + ${this.#lease()}
        from due where d.consumer_group = ${group} and d.seq = due.seq returning d.seq, d.attempts
      )
      select leased.seq, leased.attempts, e.id, e.name, e.source, e.payload, e.headers, e.occurred_at
      from leased join bus_event e on e.seq = leased.seq order by leased.seq`.execute(this.#db);
    return rows.map(({ seq, attempts, ...message }) => ({ seq, attempt: attempts, message }));
  }

  async extend(group: string, items: readonly Settled[]): Promise<void> {
    await sql`
      update bus_delivery d set available_at = now() + ${this.#lease()} from ${tokens(items)}
      where consumer_group = ${group} and d.seq = t.seq and d.attempts = t.attempt`.execute(this.#db);
  }

  async finish(group: string, items: readonly Settled[]): Promise<void> {
    await sql`
      delete from bus_delivery d using ${tokens(items)}
      where consumer_group = ${group} and d.seq = t.seq and d.attempts = t.attempt`.execute(this.#db);
  }

  async retry(group: string, { seq, attempt }: Settled, delayMs: number): Promise<void> {
    await sql`
      update bus_delivery set available_at = now() + ${milliseconds(delayMs)}, owner = null
      where consumer_group = ${group} and seq = ${seq} and attempts = ${attempt}`.execute(this.#db);
  }

  /** Gives back what was never begun, as if it had not been handed out. */
  async release(group: string, items: readonly Settled[]): Promise<void> {
    await sql`
      with released as (
        update bus_delivery d set available_at = now(), owner = null, attempts = attempts - 1 from ${tokens(items)}
        where consumer_group = ${group} and d.seq = t.seq and d.attempts = t.attempt returning event_name
      )
      select pg_notify(${CHANNEL}, event_name) from (select distinct event_name from released) as events`.execute(
      this.#db,
    );
  }

  /** PostgreSQL's texts hold no NUL; messages of errors may, when they quote what could not be read. */
  async bury(group: string, { seq, attempt }: Settled, reason: string): Promise<void> {
    await sql`
      with gone as (
        delete from bus_delivery where consumer_group = ${group} and seq = ${seq} and attempts = ${attempt}
        returning consumer_group, seq, event_name, attempts
      )
      insert into bus_dead_letter (consumer_group, seq, event_name, attempts, reason)
      select consumer_group, seq, event_name, attempts, ${reason.replaceAll('\0', '\ufffd')} from gone`.execute(
      this.#db,
    );
  }

  async deadLetters(group: string, limit: number): Promise<readonly DeadLetter[]> {
    const { rows } = await sql<BusMessage & { attempts: number; reason: string; diedAt: string }>`
      select d.attempts, d.reason, d.died_at, e.id, e.name, e.source, e.payload, e.headers, e.occurred_at
      from bus_dead_letter d join bus_event e on e.seq = d.seq
      where d.consumer_group = ${group} order by d.died_at, d.seq limit ${limit}`.execute(this.#db);
    return rows.map(({ attempts, reason, diedAt, ...message }) => ({ attempts, reason, diedAt, message }));
  }

  async replay(group: string, ids: readonly string[] | undefined): Promise<number> {
    const chosen =
      ids === undefined ? sql`` : sql`and seq in (select seq from bus_event where id = any(${ids}::uuid[]))`;
    const { rows } = await sql`
      with raised as (
        delete from bus_dead_letter where consumer_group = ${group} ${chosen} returning consumer_group, seq, event_name
      ), due as (
        insert into bus_delivery (consumer_group, seq, event_name) select * from raised returning event_name
      )
      select pg_notify(${CHANNEL}, event_name) from due`.execute(this.#db);
    return rows.length;
  }

  async lag(group: string): Promise<Lag> {
    const { rows } = await sql<Lag>`
      select count(*) as waiting, coalesce(extract(epoch from clock_timestamp() - min(e.published_at)), 0) as seconds,
        (select count(*) from bus_dead_letter where consumer_group = ${group}) as dead
      from bus_delivery d join bus_event e on e.seq = d.seq where d.consumer_group = ${group}`.execute(
      this.#db,
    );
    return rows[0] ?? { waiting: 0, seconds: 0, dead: 0 };
  }

  /**
   * Bounds what is kept: handled events for a day (so that a repeated publish is recognised), dead letters for 30,
   * groups that nobody has served for 30. What waits for a group that asks for it no more becomes a dead letter.
   */
  async maintain(group: string): Promise<void> {
    await sql`update bus_subscription set seen_at = now() where consumer_group = ${group}`.execute(this.#db);
    await sql`
      with abandoned as (
        delete from bus_subscription where seen_at < now() - interval '30 days' returning consumer_group, event_name
      )
      delete from bus_delivery d using abandoned a
      where d.consumer_group = a.consumer_group and d.event_name = a.event_name`.execute(this.#db);
    // Given up by `subscribe`, and nobody has taken it for an hour: no member of an older version is left.
    await sql`
      with orphaned as (
        delete from bus_delivery d where available_at < now() - interval '1 hour' and not exists (
          select from bus_subscription s where s.consumer_group = d.consumer_group and s.event_name = d.event_name)
        returning consumer_group, seq, event_name, attempts
      )
      insert into bus_dead_letter (consumer_group, seq, event_name, attempts, reason)
      select consumer_group, seq, event_name, attempts, 'no consumer handles it' from orphaned`.execute(
      this.#db,
    );
    await sql`delete from bus_dead_letter where died_at < now() - interval '30 days'`.execute(this.#db);
    await sweep((most) =>
      sql`
        delete from bus_event where seq in (
          select seq from bus_event e where published_at < now() - interval '1 day'
            and not exists (select from bus_delivery d where d.seq = e.seq)
            and not exists (select from bus_dead_letter d where d.seq = e.seq)
          limit ${most} for update skip locked)`.execute(this.#db),
    );
  }

  #lease() {
    return milliseconds(this.#leaseMs);
  }
}

const milliseconds = (value: number) => sql`make_interval(secs => ${value / 1000}::float8)`;

const tokens = (items: readonly Settled[]) => sql`unnest(
  ${items.map((item) => item.seq)}::bigint[], ${items.map((item) => item.attempt)}::int[]) as t (seq, attempt)`;
