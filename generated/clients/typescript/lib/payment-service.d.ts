import type { RequestOptions, Send } from './http.js';

export interface CreatePayment {
  readonly bookingId: string;
  readonly amount: number;
  readonly currency?: string | undefined;
}

export interface Payment {
  readonly id: string;
  readonly owner: string;
  readonly bookingId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'refunded';
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PaymentPage {
  readonly items: readonly Payment[];
  readonly nextCursor: string | null;
}

export interface UpdatePayment {
  readonly bookingId?: string | undefined;
  readonly amount?: number | undefined;
  readonly currency?: string | undefined;
}

export interface ListPaymentsQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' | 'amount' | '-amount' | undefined;
  readonly owner?: string | undefined;
  readonly bookingId?: string | undefined;
  readonly currency?: string | undefined;
  readonly status?: 'pending' | 'succeeded' | 'failed' | 'refunded' | undefined;
}

export declare const payments: (send: Send) => {
  /** List payments. */
  readonly list: (query?: ListPaymentsQuery, options?: RequestOptions) => Promise<PaymentPage>;

  /** List payments: all of them, page after page. */
  readonly all: (
    query?: ListPaymentsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Payment, void, undefined>;

  /** Create a payment. */
  readonly create: (body: CreatePayment, options?: RequestOptions) => Promise<Payment>;

  /** Get a payment. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Payment>;

  /** Change a payment. */
  readonly update: (id: string, body: UpdatePayment, options?: RequestOptions) => Promise<Payment>;

  /** Delete a payment. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
