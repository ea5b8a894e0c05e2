-- up
create table profile (
  id uuid primary key,
  owner uuid not null,
  display_name varchar(80) not null,
  bio text,
  avatar_url text,
  languages varchar(20)[] not null default '{}',
  host boolean not null default false,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index profile_created_at_id_index on profile (created_at, id);
create unique index profile_owner_key on profile (owner);

-- down
drop table profile;
