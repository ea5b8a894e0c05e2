-- up
create table photo (
  id uuid primary key,
  owner uuid not null,
  listing_id uuid not null,
  url text not null,
  caption varchar(200),
  position integer not null default 0,
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint photo_position_check check (position between 0 and 100),
  constraint photo_listing_id_fkey foreign key (listing_id) references listing (id) on delete cascade
);
create index photo_created_at_id_index on photo (created_at, id);
create index photo_owner_created_at_id_index on photo (owner, created_at, id);
create index photo_listing_id_index on photo (listing_id);

-- down
drop table photo;
