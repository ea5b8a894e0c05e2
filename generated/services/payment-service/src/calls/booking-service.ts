/** What booking-service offers, from its OpenAPI document. hometrip generate renders it again when that changes. */
import { defineCallee, operation } from '@hometrip/runtime';

export interface Booking {
  readonly id: string;
  readonly owner: string;
  readonly listingId: string;
  readonly checkIn: string;
  readonly checkOut: string;
  readonly guests: number;
  readonly total: number;
  readonly currency: string;
  readonly status: 'held' | 'confirmed' | 'completed' | 'cancelled' | 'expired';
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface BookingPage {
  readonly items: readonly Booking[];
  readonly nextCursor: string | null;
}

export interface CreateBooking {
  readonly listingId: string;
  readonly checkIn: string;
  readonly checkOut: string;
  readonly guests: number;
  readonly total: number;
  readonly currency?: string | undefined;
}

export interface UpdateBooking {
  readonly listingId?: string | undefined;
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
  readonly guests?: number | undefined;
  readonly total?: number | undefined;
  readonly currency?: string | undefined;
}

export interface ListBookingsQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?:
    | 'createdAt'
    | '-createdAt'
    | 'updatedAt'
    | '-updatedAt'
    | 'checkIn'
    | '-checkIn'
    | 'checkOut'
    | '-checkOut'
    | 'guests'
    | '-guests'
    | 'total'
    | '-total'
    | undefined;
  readonly owner?: string | undefined;
  readonly listingId?: string | undefined;
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
  readonly guests?: number | undefined;
  readonly currency?: string | undefined;
  readonly status?: 'held' | 'confirmed' | 'completed' | 'cancelled' | 'expired' | undefined;
}

export const bookingService = defineCallee('booking-service', {
  /** List bookings. */
  listBookings: operation<{ readonly query?: ListBookingsQuery | undefined }, BookingPage>(
    'GET',
    '/api/v1/bookings',
  ),

  /** Create a booking. */
  createBooking: operation<{ readonly body: CreateBooking }, Booking, 'idempotencyKey'>(
    'POST',
    '/api/v1/bookings',
  ),

  /** Get a booking. */
  getBooking: operation<{ readonly id: string }, Booking>('GET', '/api/v1/bookings/{id}'),

  /** Change a booking. */
  updateBooking: operation<{ readonly id: string; readonly body: UpdateBooking }, Booking, 'ifMatch'>(
    'PATCH',
    '/api/v1/bookings/{id}',
  ),

  /** Delete a booking. */
  deleteBooking: operation<{ readonly id: string }, void, 'ifMatch'>('DELETE', '/api/v1/bookings/{id}'),
});
