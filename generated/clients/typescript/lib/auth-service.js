import { segment } from './http.js';

export const auth = (send) => ({
  /** Find the account of an e-mail address. */
  findAccounts: (query, options) => send({ method: 'GET', path: '/api/v1/auth/accounts', query, options }),

  /** Show an account. */
  getAccount: (id, options) => send({ method: 'GET', path: `/api/v1/auth/accounts/${segment(id)}`, options }),

  /** Say what an account may do. */
  setRoles: (id, body, options) =>
    send({ method: 'PUT', path: `/api/v1/auth/accounts/${segment(id)}/roles`, body, options }),

  /** Suspend an account. */
  suspendAccount: (id, options) =>
    send({ method: 'PUT', path: `/api/v1/auth/accounts/${segment(id)}/suspension`, options }),

  /** Lift the suspension of an account. */
  liftSuspension: (id, options) =>
    send({ method: 'DELETE', path: `/api/v1/auth/accounts/${segment(id)}/suspension`, options }),

  /** Public keys that verify access tokens (RFC 7517). */
  getJwks: (options) => send({ method: 'GET', path: '/api/v1/auth/jwks', options }),

  /** Sign in. */
  login: (body, options) => send({ method: 'POST', path: '/api/v1/auth/login', body, options }),

  /** End the session of a refresh token. */
  logout: (body, options) => send({ method: 'POST', path: '/api/v1/auth/logout', body, options }),

  /** The account that is signed in. */
  getMe: (options) => send({ method: 'GET', path: '/api/v1/auth/me', options }),

  /** Erase the account. */
  eraseMe: (options) => send({ method: 'DELETE', path: '/api/v1/auth/me', options }),

  /** Change the password; every session ends. */
  changePassword: (body, options) => send({ method: 'POST', path: '/api/v1/auth/password', body, options }),

  /** Exchange a refresh token for new tokens. */
  refresh: (body, options) => send({ method: 'POST', path: '/api/v1/auth/refresh', body, options }),

  /** Create an account and sign in. */
  register: (body, options) => send({ method: 'POST', path: '/api/v1/auth/register', body, options }),

  /** End every session of the account. */
  logoutEverywhere: (options) => send({ method: 'DELETE', path: '/api/v1/auth/sessions', options }),
});
