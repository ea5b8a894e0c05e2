import { everyItem, segment } from './http.js';

export const preferences = (send) => ({
  /** List preferences. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/preferences', query, options }),

  /** List preferences: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => preferences(send).list(next, options), query),

  /** Create a preference. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/preferences', body, options }),

  /** Get a preference. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/preferences/${segment(id)}`, options }),

  /** Change a preference. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/preferences/${segment(id)}`, body, options }),

  /** Delete a preference. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/preferences/${segment(id)}`, options }),
});

export const profiles = (send) => ({
  /** List profiles. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/profiles', query, options }),

  /** List profiles: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => profiles(send).list(next, options), query),

  /** Create a profile. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/profiles', body, options }),

  /** Get a profile. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/profiles/${segment(id)}`, options }),

  /** Change a profile. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/profiles/${segment(id)}`, body, options }),

  /** Delete a profile. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/profiles/${segment(id)}`, options }),
});
