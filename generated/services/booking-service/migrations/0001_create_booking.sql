-- up
create table booking (
  id uuid primary key,
  owner uuid not null,
  listing_id uuid not null,
  check_in date not null,
  check_out date not null,
  guests integer not null,
  total bigint not null,
  currency char(3) not null default 'EUR',
  status text not null default 'held',
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint booking_guests_check check (guests between 1 and 50),
  constraint booking_total_check check (total >= 0),
  constraint booking_status_check check (status in ('held', 'confirmed', 'completed', 'cancelled', 'expired'))
);
create index booking_created_at_id_index on booking (created_at, id);
create index booking_owner_created_at_id_index on booking (owner, created_at, id);

-- down
drop table booking;
