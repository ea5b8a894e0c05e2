import { everyItem, segment } from './http.js';

export const bookings = (send) => ({
  /** List bookings. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/bookings', query, options }),

  /** List bookings: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => bookings(send).list(next, options), query),

  /** Create a booking. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/bookings', body, options }),

  /** Get a booking. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/bookings/${segment(id)}`, options }),

  /** Change a booking. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/bookings/${segment(id)}`, body, options }),

  /** Delete a booking. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/bookings/${segment(id)}`, options }),
});
