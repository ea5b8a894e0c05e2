import { everyItem, segment } from './http.js';

export const payments = (send) => ({
  /** List payments. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/payments', query, options }),

  /** List payments: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => payments(send).list(next, options), query),

  /** Create a payment. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/payments', body, options }),

  /** Get a payment. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/payments/${segment(id)}`, options }),

  /** Change a payment. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/payments/${segment(id)}`, body, options }),

  /** Delete a payment. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/payments/${segment(id)}`, options }),
});
