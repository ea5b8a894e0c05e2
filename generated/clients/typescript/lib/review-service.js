import { everyItem, segment } from './http.js';

export const reviews = (send) => ({
  /** List reviews. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/reviews', query, options }),

  /** List reviews: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => reviews(send).list(next, options), query),

  /** Create a review. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/reviews', body, options }),

  /** Get a review. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/reviews/${segment(id)}`, options }),

  /** Change a review. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/reviews/${segment(id)}`, body, options }),

  /** Delete a review. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/reviews/${segment(id)}`, options }),
});
