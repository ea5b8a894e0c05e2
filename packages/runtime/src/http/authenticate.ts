/** From the headers of a request to the user, by the level that the route declares. */
import type { IncomingHttpHeaders } from 'node:http';
import { mayEnter, type User } from '../auth/user.ts';
import type { Verifier } from '../auth/verifier.ts';
import { SERVICE_TOKEN_HEADER } from '../auth/service-identity.ts';
import { forbidden, unauthorized } from './problem.ts';
import type { Auth } from './route.ts';

export interface Verifiers {
  /** Of users' access tokens. */
  readonly verifier: Verifier;
  /** Of services' own tokens: the only way to be one. */
  readonly services: Verifier;
}

/**
 * Who acts: the user, also when a service calls on their behalf, since it may not do for them what they may not do; the
 * service on internal routes, and where there is no user. Returns a promise only when a signature has to be verified.
 * A public route sees the user of a valid token, and treats every other caller as anonymous: logging in must work with an
 * expired token at hand.
 */
export function authenticate(
  level: Auth,
  headers: IncomingHttpHeaders,
  verifiers: Verifiers,
): User | undefined | Promise<User | undefined> {
  const bearer = bearerToken(headers.authorization);
  const own = level === 'service' || bearer === undefined ? headers[SERVICE_TOKEN_HEADER] : undefined;
  const verifier = own === undefined ? verifiers.verifier : verifiers.services;
  const token = own === undefined ? bearer : String(own);
  if (level === 'public') {
    if (token === undefined) return undefined;
    return verifier.known(token) ?? verifier.verify(token).catch(() => undefined);
  }
  if (token === undefined) throw unauthorized();
  const known = verifier.known(token);
  return known === undefined
    ? verifier.verify(token).then((user) => admit(level, user))
    : admit(level, known);
}

function admit(level: Auth, user: User): User {
  if (!mayEnter(level, user)) throw forbidden();
  return user;
}

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length < 8) return undefined;
  const scheme = header.slice(0, 7);
  return scheme === 'Bearer ' || scheme.toLowerCase() === 'bearer ' ? header.slice(7).trim() : undefined;
}

/** For servers that authenticate whoever shows a token, and leave the rest to others. */
export function authenticateAny(
  header: string | undefined,
  verifier: Verifier,
): User | undefined | Promise<User> {
  const token = bearerToken(header);
  return token === undefined ? undefined : (verifier.known(token) ?? verifier.verify(token));
}
