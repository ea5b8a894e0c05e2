-- up
create table listing (
  id uuid primary key,
  owner uuid not null,
  title varchar(120) not null,
  description text not null,
  property_type text not null,
  city varchar(80) not null,
  country varchar(2) not null,
  latitude double precision not null,
  longitude double precision not null,
  max_guests integer not null,
  bedrooms integer not null default 1,
  amenities varchar(40)[] not null default '{}',
  nightly_price bigint not null,
  currency char(3) not null default 'EUR',
  status text not null default 'draft',
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint listing_property_type_check check (property_type in ('apartment', 'house', 'room', 'villa', 'cabin')),
  constraint listing_latitude_check check (latitude between -90 and 90),
  constraint listing_longitude_check check (longitude between -180 and 180),
  constraint listing_max_guests_check check (max_guests between 1 and 50),
  constraint listing_bedrooms_check check (bedrooms between 0 and 50),
  constraint listing_nightly_price_check check (nightly_price >= 0),
  constraint listing_status_check check (status in ('draft', 'published', 'suspended'))
);
create index listing_created_at_id_index on listing (created_at, id);
create index listing_owner_created_at_id_index on listing (owner, created_at, id);

-- down
drop table listing;
