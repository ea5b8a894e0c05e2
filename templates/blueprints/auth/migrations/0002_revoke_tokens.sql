-- up
-- Access tokens of an earlier generation do not count any more.
alter table account add column generation integer not null default 0;

-- What the other services have to be told, and still have to know: until the last of these tokens has expired by itself.
-- Accounts that were erased have rows here too.
create table revocation (
  id uuid primary key,
  account_id uuid not null,
  session_id uuid,
  before_generation integer,
  until timestamptz not null,
  told_at timestamptz
);
create index revocation_untold_idx on revocation (id) where told_at is null;
create index revocation_until_idx on revocation (until);

-- Guesses that are left, by hashes of accounts, addresses and both. A row that is over means the same as none. What it replaces,
-- sign_in_attempt, stays for replicas of the version before.
create table sign_in_allowance (
  key bytea primary key,
  full_at timestamptz not null
);
create index sign_in_allowance_full_at_idx on sign_in_allowance (full_at);

-- Networks from which somebody has signed in, hashed together with the account.
create table known_address (
  account_id uuid not null references account (id) on delete cascade,
  address_hash bytea not null,
  seen_at timestamptz not null default now(),
  primary key (account_id, address_hash)
);

-- down
drop table known_address;
drop table sign_in_allowance;
drop table revocation;
alter table account drop column generation;
