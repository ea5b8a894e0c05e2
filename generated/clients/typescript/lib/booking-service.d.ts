import type { RequestOptions, Send } from './http.js';

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

export declare const bookings: (send: Send) => {
  /** List bookings. */
  readonly list: (query?: ListBookingsQuery, options?: RequestOptions) => Promise<BookingPage>;

  /** List bookings: all of them, page after page. */
  readonly all: (
    query?: ListBookingsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Booking, void, undefined>;

  /** Create a booking. */
  readonly create: (body: CreateBooking, options?: RequestOptions) => Promise<Booking>;

  /** Get a booking. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Booking>;

  /** Change a booking. */
  readonly update: (id: string, body: UpdateBooking, options?: RequestOptions) => Promise<Booking>;

  /** Delete a booking. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
