import { ensureSchema, type Db } from '../../database/index.ts';

/**
 * The bus has a database of its own: LISTEN/NOTIFY reaches the sessions of one database only.
 * A delivery is a row per event and group, deleted when it is handled; `available_at` is both the time of the next
 * try and the end of the lease of the one who works on it.
 */
export async function ensureBusSchema(db: Db): Promise<void> {
  await ensureSchema(db, 'bus_event', [
    `create table bus_event (
      seq bigint generated always as identity primary key,
      id uuid not null unique, name text not null, source text not null, payload jsonb not null, headers jsonb not null,
      occurred_at timestamptz not null, published_at timestamptz not null default now())`,
    'create index bus_event_published_at on bus_event (published_at)',
    `create table bus_subscription (
      consumer_group text not null, event_name text not null, seen_at timestamptz not null default now(),
      primary key (consumer_group, event_name))`,
    'create index bus_subscription_event_name on bus_subscription (event_name)',
    `create table bus_delivery (
      consumer_group text not null, seq bigint not null references bus_event (seq) on delete cascade,
      event_name text not null, available_at timestamptz not null default now(), attempts integer not null default 0,
      owner text, primary key (consumer_group, seq))`,
    'create index bus_delivery_seq on bus_delivery (seq)',
    `create table bus_dead_letter (
      consumer_group text not null, seq bigint not null references bus_event (seq) on delete cascade,
      event_name text not null, attempts integer not null, reason text not null, died_at timestamptz not null default now(),
      primary key (consumer_group, seq))`,
    'create index bus_dead_letter_seq on bus_dead_letter (seq)',
  ]);
}
