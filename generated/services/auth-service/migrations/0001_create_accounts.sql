-- up
create extension if not exists citext;

create table account (
  id uuid primary key,
  email citext not null unique,
  password_hash text not null,
  display_name text not null check (char_length(display_name) between 1 and 80),
  roles text[] not null default '{guest}',
  suspended boolean not null default false,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

-- One sign-in on one device. Its refresh tokens are a family: reuse of a spent one ends them all.
create table session (
  id uuid primary key,
  account_id uuid not null references account (id) on delete cascade,
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz
);
create index session_account_id_idx on session (account_id);

-- Only hashes: who reads this table can not sign in with it.
create table refresh_token (
  hash bytea primary key,
  session_id uuid not null references session (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session_id_idx on refresh_token (session_id);

-- Failed attempts by hashed address, also of addresses that have no account: the answers must not differ.
create table sign_in_attempt (
  address_hash bytea primary key,
  failures integer not null,
  blocked_until timestamptz not null
);

-- down
drop table sign_in_attempt;
drop table refresh_token;
drop table session;
drop table account;
