import { type RequestOptions, segment, type Send } from './http.ts';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly AccountRole[];
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface AccountList {
  readonly items: readonly ManagedAccount[];
}

export type AccountRole = 'guest' | 'host' | 'admin';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** One that this device has from an earlier session of the account, if it has one, also a spent one: guesses that others make then do not keep it out */
  readonly refreshToken?: string | undefined;
}

export interface Jwks {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export interface ManagedAccount {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly AccountRole[];
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly suspended: boolean;
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
  readonly roles: readonly AccountRole[];
}

export interface Tokens {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly account: Account;
}

export interface FindAccountsQuery {
  /** Of the account; in any spelling */
  readonly email: string;
}

export const auth = (send: Send) => ({
  /** Find the account of an e-mail address. */
  findAccounts: (query: FindAccountsQuery, options?: RequestOptions): Promise<AccountList> =>
    send({ method: 'GET', path: '/api/v1/auth/accounts', query, options }),

  /** Show an account. */
  getAccount: (id: string, options?: RequestOptions): Promise<ManagedAccount> =>
    send({ method: 'GET', path: `/api/v1/auth/accounts/${segment(id)}`, options }),

  /** Say what an account may do. */
  setRoles: (id: string, body: RoleChange, options?: RequestOptions): Promise<ManagedAccount> =>
    send({ method: 'PUT', path: `/api/v1/auth/accounts/${segment(id)}/roles`, body, options }),

  /** Suspend an account. */
  suspendAccount: (id: string, options?: RequestOptions): Promise<ManagedAccount> =>
    send({ method: 'PUT', path: `/api/v1/auth/accounts/${segment(id)}/suspension`, options }),

  /** Lift the suspension of an account. */
  liftSuspension: (id: string, options?: RequestOptions): Promise<ManagedAccount> =>
    send({ method: 'DELETE', path: `/api/v1/auth/accounts/${segment(id)}/suspension`, options }),

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

  /** End every session of the account. */
  logoutEverywhere: (options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: '/api/v1/auth/sessions', options }),
});
