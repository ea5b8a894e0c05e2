import { everyItem, segment } from './http.js';

export const blockedDates = (send) => ({
  /** List blocked dates. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/blocked-dates', query, options }),

  /** List blocked dates: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => blockedDates(send).list(next, options), query),

  /** Create a blocked date. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/blocked-dates', body, options }),

  /** Get a blocked date. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/blocked-dates/${segment(id)}`, options }),

  /** Change a blocked date. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/blocked-dates/${segment(id)}`, body, options }),

  /** Delete a blocked date. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/blocked-dates/${segment(id)}`, options }),
});

export const listings = (send) => ({
  /** List listings. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/listings', query, options }),

  /** List listings: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => listings(send).list(next, options), query),

  /** Create a listing. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/listings', body, options }),

  /** Get a listing. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/listings/${segment(id)}`, options }),

  /** Change a listing. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/listings/${segment(id)}`, body, options }),

  /** Delete a listing. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/listings/${segment(id)}`, options }),
});

export const photos = (send) => ({
  /** List photos. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/photos', query, options }),

  /** List photos: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => photos(send).list(next, options), query),

  /** Create a photo. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/photos', body, options }),

  /** Get a photo. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/photos/${segment(id)}`, options }),

  /** Change a photo. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/photos/${segment(id)}`, body, options }),

  /** Delete a photo. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/photos/${segment(id)}`, options }),
});
