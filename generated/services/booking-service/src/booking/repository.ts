import { type Platform, type Repository, sqlRepository, type Tx } from '@hometrip/runtime';
import { type Booking, BookingFilters, bookingSortKeys } from './schema.ts';

export const bookings = ({ db }: Platform<'sql'>): Repository<Booking, Tx> =>
  sqlRepository<Booking>(db, { table: 'booking', sortable: bookingSortKeys, filterable: BookingFilters });
