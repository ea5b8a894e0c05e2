import { everyItem, segment } from './http.js';

export const reports = (send) => ({
  /** List reports. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/reports', query, options }),

  /** List reports: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => reports(send).list(next, options), query),

  /** Create a report. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/reports', body, options }),

  /** Get a report. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/reports/${segment(id)}`, options }),

  /** Change a report. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/reports/${segment(id)}`, body, options }),

  /** Delete a report. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/reports/${segment(id)}`, options }),
});
