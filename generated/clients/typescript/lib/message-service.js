import { everyItem, segment } from './http.js';

export const conversations = (send) => ({
  /** List conversations. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/conversations', query, options }),

  /** List conversations: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => conversations(send).list(next, options), query),

  /** Create a conversation. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/conversations', body, options }),

  /** Get a conversation. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/conversations/${segment(id)}`, options }),

  /** Change a conversation. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/conversations/${segment(id)}`, body, options }),

  /** Delete a conversation. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/conversations/${segment(id)}`, options }),
});

export const messages = (send) => ({
  /** List messages. */
  list: (query = {}, options) => send({ method: 'GET', path: '/api/v1/messages', query, options }),

  /** List messages: all of them, page after page. */
  all: (query = {}, options) => everyItem((next) => messages(send).list(next, options), query),

  /** Create a message. */
  create: (body, options) => send({ method: 'POST', path: '/api/v1/messages', body, options }),

  /** Get a message. */
  get: (id, options) => send({ method: 'GET', path: `/api/v1/messages/${segment(id)}`, options }),

  /** Change a message. */
  update: (id, body, options) =>
    send({ method: 'PATCH', path: `/api/v1/messages/${segment(id)}`, body, options }),

  /** Delete a message. */
  delete: (id, options) => send({ method: 'DELETE', path: `/api/v1/messages/${segment(id)}`, options }),
});
