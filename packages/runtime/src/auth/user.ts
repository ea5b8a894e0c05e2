/** The caller, as a verified access token names them. */
import { forbidden, notFound } from '../http/problem.ts';
import type { Auth } from '../http/route.ts';

/** The caller. */
export interface User {
  /** The token's subject. */
  readonly id: string;
  /** Those of the account, as its token says; `service` for calls between services. */
  readonly roles: readonly string[];
  readonly email?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Of the account, when the token was issued: earlier ones may have been revoked. */
  readonly generation?: number | undefined;
}

/** Whether the user has the role `admin`. */
export const isAdmin = (user: User): boolean => user.roles.includes('admin');
/** Whether the caller is another service. */
export const isService = (user: User): boolean => user.roles.includes('service');

/** Whether a user passes a route's `auth` level. Internal routes are closed to all others, admins included. */
export function mayEnter(level: Auth, user: User): boolean {
  switch (level) {
    case 'public':
    case 'user':
      return true;
    case 'admin':
      return isAdmin(user);
    case 'service':
      return isService(user);
    default:
      return user.roles.includes(level.slice('role:'.length)) || isAdmin(user);
  }
}

/** The fields of a thing that may hold ids of users: one each, or a list. */
export type HolderOf<T> = {
  [K in keyof T]-?: T[K] extends string | readonly string[] | null | undefined ? K : never;
}[keyof T] &
  string;

/** Whether the field is this user's id, or a list with it. */
export const names = (field: unknown, user: string): boolean =>
  Array.isArray(field) ? field.includes(user) : field === user;

/**
 * Lets the owner, admins and other services pass. A route states the same rule as `authorize: ownedBy('owner')`; this is for code
 * that learns later who owns a record.
 * @param owner Id of the owning user, or a list of ids.
 * @param options `otherwise`: the status for everyone else. 404, the default, keeps a private record secret; 403 is for what they
 * may read.
 * @throws ProblemError 404 or 403.
 */
export function requireOwner(
  user: User | undefined,
  owner: string | readonly string[] | null | undefined,
  { otherwise = 404 }: { readonly otherwise?: 403 | 404 | undefined } = {},
): void {
  if (user !== undefined && (names(owner, user.id) || isAdmin(user) || isService(user))) return;
  throw otherwise === 403 ? forbidden('Only the owner may do this.') : notFound();
}
