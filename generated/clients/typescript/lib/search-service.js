import { everyItem, segment } from './http.js';

export const places = (send) => ({
  /** List places. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/places', query, options }),

  /** List places: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => places(send).list(next, options), query),

  /** Create a place. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/places', body, options }),

  /** Get a place. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/places/${segment(id)}`, options }),

  /** Change a place. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/places/${segment(id)}`, body, options }),

  /** Delete a place. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/places/${segment(id)}`, options }),
});
