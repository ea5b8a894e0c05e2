-- up
create table payment (
  id uuid primary key,
  owner uuid not null,
  booking_id uuid not null,
  amount bigint not null,
  currency char(3) not null default 'EUR',
  status text not null default 'pending',
  revision integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint payment_amount_check check (amount >= 0),
  constraint payment_status_check check (status in ('pending', 'succeeded', 'failed', 'refunded'))
);
create index payment_created_at_id_index on payment (created_at, id);
create index payment_owner_created_at_id_index on payment (owner, created_at, id);

-- down
drop table payment;
