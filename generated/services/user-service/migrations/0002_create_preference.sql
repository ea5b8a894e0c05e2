-- up
create table preference (
  id uuid primary key,
  owner uuid not null,
  locale varchar(10) not null default 'en',
  currency char(3) not null default 'EUR',
  marketing_emails boolean not null default false,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index preference_created_at_id_index on preference (created_at, id);
create unique index preference_owner_key on preference (owner);

-- down
drop table preference;
