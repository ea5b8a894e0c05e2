-- up
create table blocked_date (
  id uuid primary key,
  owner uuid not null,
  listing_id uuid not null,
  "from" date not null,
  "to" date not null,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint blocked_date_listing_id_fkey foreign key (listing_id) references listing (id) on delete cascade
);
create index blocked_date_created_at_id_index on blocked_date (created_at, id);
create index blocked_date_owner_created_at_id_index on blocked_date (owner, created_at, id);
create index blocked_date_listing_id_index on blocked_date (listing_id);

-- down
drop table blocked_date;
