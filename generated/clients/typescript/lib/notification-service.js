import { everyItem, segment } from './http.js';

export const notifications = (send) => ({
  /** List notifications. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/notifications', query, options }),

  /** List notifications: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => notifications(send).list(next, options), query),

  /** Create a notification. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/notifications', body, options }),

  /** Get a notification. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/notifications/${segment(id)}`, options }),

  /** Change a notification. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/notifications/${segment(id)}`, body, options }),

  /** Delete a notification. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/notifications/${segment(id)}`, options }),
});
