import type { RequestOptions, Send } from './http.ts';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly ('guest' | 'host' | 'admin')[];
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Jwks {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export interface Refresh {
  readonly refreshToken: string;
}

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

export interface RoleChange {
  readonly roles: readonly ('guest' | 'host' | 'admin')[];
}

export interface Tokens {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly account: Account;
}

export const auth = (send: Send) => ({
  /** Say what an account may do. */
  setRoles: (id: string, body: RoleChange, options?: RequestOptions): Promise<Account> =>
    send({ method: 'PUT', path: `/api/v1/auth/accounts/${encodeURIComponent(id)}/roles`, body, options }),

  /** Public keys that verify access tokens (RFC 7517). */
  getJwks: (options?: RequestOptions): Promise<Jwks> =>
    send({ method: 'GET', path: '/api/v1/auth/jwks', options }),

  /** Sign in. */
  login: (body: Credentials, options?: RequestOptions): Promise<Tokens> =>
    send({ method: 'POST', path: '/api/v1/auth/login', body, options }),

  /** End the session of a refresh token. */
  logout: (body: Refresh, options?: RequestOptions): Promise<void> =>
    send({ method: 'POST', path: '/api/v1/auth/logout', body, options }),

  /** The account that is signed in. */
  getMe: (options?: RequestOptions): Promise<Account> =>
    send({ method: 'GET', path: '/api/v1/auth/me', options }),

  /** Erase the account. */
  eraseMe: (options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: '/api/v1/auth/me', options }),

  /** Change the password; every session ends. */
  changePassword: (body: PasswordChange, options?: RequestOptions): Promise<void> =>
    send({ method: 'POST', path: '/api/v1/auth/password', body, options }),

  /** Exchange a refresh token for new tokens. */
  refresh: (body: Refresh, options?: RequestOptions): Promise<Tokens> =>
    send({ method: 'POST', path: '/api/v1/auth/refresh', body, options }),

  /** Create an account and sign in. */
  register: (body: Registration, options?: RequestOptions): Promise<Tokens> =>
    send({ method: 'POST', path: '/api/v1/auth/register', body, options }),
});
