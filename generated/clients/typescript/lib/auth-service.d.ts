import type { RequestOptions, Send } from './http.js';

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

export declare const auth: (send: Send) => {
  /** Find the account of an e-mail address. */
  readonly findAccounts: (query: FindAccountsQuery, options?: RequestOptions) => Promise<AccountList>;

  /** Show an account. */
  readonly getAccount: (id: string, options?: RequestOptions) => Promise<ManagedAccount>;

  /** Say what an account may do. */
  readonly setRoles: (id: string, body: RoleChange, options?: RequestOptions) => Promise<ManagedAccount>;

  /** Suspend an account. */
  readonly suspendAccount: (id: string, options?: RequestOptions) => Promise<ManagedAccount>;

  /** Lift the suspension of an account. */
  readonly liftSuspension: (id: string, options?: RequestOptions) => Promise<ManagedAccount>;

  /** Public keys that verify access tokens (RFC 7517). */
  readonly getJwks: (options?: RequestOptions) => Promise<Jwks>;

  /** Sign in. */
  readonly login: (body: Credentials, options?: RequestOptions) => Promise<Tokens>;

  /** End the session of a refresh token. */
  readonly logout: (body: Refresh, options?: RequestOptions) => Promise<void>;

  /** The account that is signed in. */
  readonly getMe: (options?: RequestOptions) => Promise<Account>;

  /** Erase the account. */
  readonly eraseMe: (options?: RequestOptions) => Promise<void>;

  /** Change the password; every session ends. */
  readonly changePassword: (body: PasswordChange, options?: RequestOptions) => Promise<void>;

  /** Exchange a refresh token for new tokens. */
  readonly refresh: (body: Refresh, options?: RequestOptions) => Promise<Tokens>;

  /** Create an account and sign in. */
  readonly register: (body: Registration, options?: RequestOptions) => Promise<Tokens>;

  /** End every session of the account. */
  readonly logoutEverywhere: (options?: RequestOptions) => Promise<void>;
};
