import { expect, it } from 'vitest';
import { gist } from './ports.ts';

it.each([
  ['select * from "bookings" where id = $1', 'SELECT', 'bookings'],
  ['insert into outbox (id) values ($1)', 'INSERT', 'outbox'],
  ['update only public.bookings set total = 1', 'UPDATE', 'bookings'],
  ['delete from bookings', 'DELETE', 'bookings'],
  ['with recent as (select * from bookings) select * from recent', 'WITH', 'bookings'],
  [
    'with input as (select * from unnest($1)), log as (insert into pubsub_log (c) select 1 from input) select 1',
    'INSERT',
    'pubsub_log',
  ],
  ['-- a reason\n  select 1', 'SELECT', undefined],
  ['begin isolation level serializable', 'BEGIN', undefined],
  ['', 'QUERY', undefined],
])('%s is %s of %s', (text, operation, target) => {
  expect(gist(text)).toEqual({ operation, target });
});
