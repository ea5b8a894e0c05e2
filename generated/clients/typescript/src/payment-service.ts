import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

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

export const payments = (send: Send) => ({
  /** List payments. */
  list: (query: ListPaymentsQuery = {}, options?: RequestOptions): Promise<PaymentPage> =>
    send({ method: 'GET', path: '/api/v1/payments', query, options }),

  /** List payments: all of them, page after page. */
  all: (query: ListPaymentsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListPaymentsQuery) => payments(send).list(next, options), query),

  /** Create a payment. */
  create: (body: CreatePayment, options?: RequestOptions): Promise<Payment> =>
    send({ method: 'POST', path: '/api/v1/payments', body, options }),

  /** Get a payment. */
  get: (id: string, options?: RequestOptions): Promise<Payment> =>
    send({ method: 'GET', path: `/api/v1/payments/${segment(id)}`, options }),

  /** Change a payment. */
  update: (id: string, body: UpdatePayment, options?: RequestOptions): Promise<Payment> =>
    send({ method: 'PATCH', path: `/api/v1/payments/${segment(id)}`, body, options }),

  /** Delete a payment. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/payments/${segment(id)}`, options }),
});
