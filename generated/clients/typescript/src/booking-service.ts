import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

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

export const bookings = (send: Send) => ({
  /** List bookings. */
  list: (query: ListBookingsQuery = {}, options?: RequestOptions): Promise<BookingPage> =>
    send({ method: 'GET', path: '/api/v1/bookings', query, options }),

  /** List bookings: all of them, page after page. */
  all: (query: ListBookingsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListBookingsQuery) => bookings(send).list(next, options), query),

  /** Create a booking. */
  create: (body: CreateBooking, options?: RequestOptions): Promise<Booking> =>
    send({ method: 'POST', path: '/api/v1/bookings', body, options }),

  /** Get a booking. */
  get: (id: string, options?: RequestOptions): Promise<Booking> =>
    send({ method: 'GET', path: `/api/v1/bookings/${segment(id)}`, options }),

  /** Change a booking. */
  update: (id: string, body: UpdateBooking, options?: RequestOptions): Promise<Booking> =>
    send({ method: 'PATCH', path: `/api/v1/bookings/${segment(id)}`, body, options }),

  /** Delete a booking. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/bookings/${segment(id)}`, options }),
});
