/** A row per topic, which gives out positions, and a row per message. */
import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Db, ensureSchema, GroupCommit } from '../database/index.ts';
import type { Entry } from './followers.ts';
import type { Keep } from './port.ts';

/** What is over is removed once in so many messages. */
const TRIM_EVERY = 32;
/** NOTIFY carries less than 8,000 bytes; longer messages are fetched. */
const INLINE_BYTES = 7_000;

/**
 * Logged tables: what was acknowledged is still there after a crash of the server. Positions are microseconds of its clock,
 * so that none is given twice, even by a server that was restored from a backup.
 */
const SCHEMA = [
  'create table pubsub_log (channel text primary key, last bigint not null, appended bigint not null, expires_at timestamptz not null)',
  'create index on pubsub_log (expires_at)',
  'create table pubsub_entry (channel text not null, position bigint not null, id text, body text, primary key (channel, position))',
  'create unique index on pubsub_entry (channel, id) where id is not null',
];

/** Ids of messages that are not kept any more, for as long as they are known all the same. */
const IDS = [
  'create table pubsub_id (channel text not null, id text not null, position bigint not null, primary key (channel, id))',
  'create index on pubsub_id (position)',
];

const now = sql`(extract(epoch from clock_timestamp()) * 1000000)::bigint`;
/** Positions before this one are older than ten minutes. */
const known = sql`(extract(epoch from now() - interval '10 minutes') * 1000000)::bigint`;
/** What of `removed` must be known for longer. */
const remember = sql`
  insert into pubsub_id (channel, id, position)
  select channel, id, position from removed where id is not null and position > ${known}
  on conflict do nothing`;
const after = (seconds: number) => sql`now() + ${seconds} * interval '1 second'`;

/** Names of channels have at most 63 bytes. */
export const channelOf = (topic: string): string => `pubsub_${hash('sha256', topic).slice(0, 40)}`;

interface Appended {
  readonly topic: string;
  /** JSON */
  readonly text: string;
  readonly keep: Keep;
  readonly id: string | undefined;
}

/** Of what shares a commit, in characters: a megabyte, or 256 short messages. */
const MOST_AT_ONCE = 2 ** 20;
const WEIGHT_OF_ROW = 2 ** 12;

export class PostgresLog {
  readonly #db: Db;
  #prepared: Promise<void> | undefined;
  readonly #commits: GroupCommit<Appended, string>;

  constructor(db: Db) {
    this.#db = db;
    const weigh = ({ text }: Appended) => WEIGHT_OF_ROW + text.length;
    this.#commits = new GroupCommit((batch) => this.#write(batch), { weigh, most: MOST_AT_ONCE });
  }

  append(topic: string, text: string, keep: Keep, id?: string): Promise<string> {
    return this.#commits.add({ topic, text, keep, id });
  }

  async #write(batch: readonly Appended[]): Promise<string[]> {
    await this.#prepare();
    return await write(this.#db, batch);
  }

  async read(
    topic: string,
    position: string | undefined,
    limit: number,
  ): Promise<readonly Entry[] | undefined> {
    await this.#prepare();
    const range = async (from: string, count: number) => {
      const { rows } = await sql<Stored>`
        select position::text, body from pubsub_entry
        where channel = ${channelOf(topic)} and position >= ${from}::bigint
        order by pubsub_entry.position limit ${count}`.execute(this.#db);
      return rows;
    };
    if (position === undefined) return (await range('0', limit)).map(entryOf);
    // The position itself too: when it is not there, neither is all that came after it.
    const [first, ...rest] = await range(numberOf(position), limit + 1);
    return first?.position === position ? rest.map(entryOf) : undefined;
  }

  async head(topic: string, { seconds }: Keep): Promise<string> {
    await this.#prepare();
    const channel = channelOf(topic);
    const newest = sql`select position::text from pubsub_entry where channel = ${channel}
      order by pubsub_entry.position desc limit 1`;
    const { rows } = await sql<{ position: string }>`${newest}`.execute(this.#db);
    if (rows[0] !== undefined) return rows[0].position;
    // Does not wait for the disk: who finds the mark gone is told that something may be missing.
    const made = await sql<{ position: string }>`
      with log as (
        insert into pubsub_log as log (channel, last, appended, expires_at)
        select ${channel}, ${now}, 1, ${after(seconds)} from (select set_config('synchronous_commit', 'off', true)) as relaxed
        on conflict (channel) do update
          set last = greatest(log.last + 1, excluded.last), expires_at = excluded.expires_at
        returning last
      )
      insert into pubsub_entry (channel, position) select ${channel}, last from log returning position::text`.execute(
      this.#db,
    );
    return made.rows[0]?.position as string;
  }

  async renew(topics: readonly { readonly topic: string; readonly keep: Keep }[]): Promise<void> {
    await this.#prepare();
    const channels = topics.map(({ topic }) => channelOf(topic));
    const seconds = topics.map(({ keep }) => keep.seconds);
    await sql`
      update pubsub_log as log set expires_at = now() + due.seconds * interval '1 second'
      from unnest(${channels}::text[], ${seconds}::float8[]) as due (channel, seconds)
      where log.channel = due.channel`.execute(this.#db);
  }

  /** Of a message that was too long to be announced whole. */
  async fetch(topic: string, position: string): Promise<string | undefined> {
    const { rows } = await sql<{ body: string }>`
      select body from pubsub_entry
      where channel = ${channelOf(topic)} and position = ${position}::bigint`.execute(this.#db);
    return rows[0]?.body;
  }

  /** A minute late, so that who has just come to an old topic has time to renew it. */
  async expire(): Promise<void> {
    await this.#prepare();
    await sql`
      with forgotten as (
        delete from pubsub_log where expires_at < now() - interval '1 minute' returning channel
      ), removed as (
        delete from pubsub_entry using forgotten where pubsub_entry.channel = forgotten.channel
        returning pubsub_entry.channel, id, position
      ) ${remember}`.execute(this.#db);
    await sql`delete from pubsub_id where position <= ${known}`.execute(this.#db);
  }

  async #prepare(): Promise<void> {
    this.#prepared ??= ensureSchema(this.#db, 'pubsub_entry', SCHEMA).then(() =>
      ensureSchema(this.#db, 'pubsub_id', IDS),
    );
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }
}

interface Stored {
  readonly position: string;
  /** Null: a mark. */
  readonly body: string | null;
}

const entryOf = ({ position, body }: Stored): Entry => ({
  position,
  ...(body !== null && { message: JSON.parse(body) }),
});

/** Positions of another adapter are in no log of this one. */
const numberOf = (position: string): string => (position.includes('-') ? '-1' : position);

/**
 * One statement for all. The locks of the topics' rows, taken in one order, are held until its commit, and notifications are
 * sent in the order of commits: so positions become visible, and are announced, in their order.
 * @returns the position of each.
 */
async function write(db: Db, batch: readonly Appended[]): Promise<string[]> {
  const column = <T>(value: (appended: Appended) => T) => batch.map(value);
  const { rows } = await sql<{ index: number; position: string }>`
    with input as (
      select *, row_number() over (partition by channel order by index) as rank, count(*) over (partition by channel) as total
      from unnest(${column(({ topic }) => channelOf(topic))}::text[], ${column(({ id }) => id ?? null)}::text[],
        ${column(({ text }) => text)}::text[], ${column(envelopeOf)}::text[],
        ${column(({ keep }) => keep.count)}::int[], ${column(({ keep }) => keep.seconds)}::float8[])
        with ordinality as input (channel, id, body, envelope, kept, seconds, index)
    ), topic as (
      select channel, max(total) as total, max(kept) as kept, max(seconds) as seconds from input group by channel
    ), log as (
      insert into pubsub_log as log (channel, last, appended, expires_at)
      select channel, ${now}, total, now() + seconds * interval '1 second' from topic order by channel
      on conflict (channel) do update set
        last = greatest(log.last + excluded.appended, excluded.last),
        appended = log.appended + excluded.appended,
        expires_at = excluded.expires_at
      returning channel, last, appended
    ), placed as (
      select input.*, log.last - (input.total - input.rank) as position from input join log using (channel)
    ), entry as (
      insert into pubsub_entry (channel, position, id, body)
      select channel, position, id, body from placed
      where not exists (select from pubsub_id as old where old.channel = placed.channel and old.id = placed.id)
      order by index
      on conflict (channel, id) where id is not null do nothing
      returning channel, position
    ), removed as (
      delete from pubsub_entry using (
        select channel, (
          select position from pubsub_entry as kept
          where kept.channel = log.channel order by position desc offset topic.kept limit 1) as oldest
        from log join topic using (channel)
        where appended / ${TRIM_EVERY} <> (appended - total) / ${TRIM_EVERY}
      ) as due
      where pubsub_entry.channel = due.channel and pubsub_entry.position < due.oldest
      returning pubsub_entry.channel, id, position
    ), remembered as (${remember}
    )
    select index::int, position::text, pg_notify(channel, position || ' ' || envelope)
    from (select * from entry join placed using (channel, position) order by index offset 0) as announced`.execute(
    db,
  );
  const positions: string[] = [];
  for (const { index, position } of rows) positions[index - 1] = position;
  for (const [index, appended] of batch.entries()) positions[index] ??= await earlier(db, appended);
  return positions;
}

/** As it is announced: without its message, when that is too long. */
function envelopeOf({ topic, text }: Appended): string {
  const whole = `{"topic":${JSON.stringify(topic)},"message":${text}}`;
  return Buffer.byteLength(whole) <= INLINE_BYTES ? whole : JSON.stringify({ topic });
}

/** It had been appended already. */
async function earlier(db: Db, { topic, id }: Appended): Promise<string> {
  const { rows } = await sql<{ position: string }>`
    select position::text from pubsub_entry
    where channel = ${channelOf(topic)} and id = ${id}
    union all
    select position::text from pubsub_id where channel = ${channelOf(topic)} and id = ${id} limit 1`.execute(
    db,
  );
  // Removed in this very moment, as too old: it was there.
  return rows[0]?.position ?? '0';
}
