/**
 * Verifies access tokens: EdDSA signatures only, so that no token can choose a weaker algorithm or pass a public key off
 * as a shared secret. A verified token is remembered until it expires; a signature costs as much as two requests.
 */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import type { Clock } from '../clock.ts';
import { unauthorized, unavailable } from '../http/problem.ts';
import { RecentMap } from './recent-map.ts';
import type { User } from './user.ts';

/** Whose tokens are believed. */
export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Finds the key for a token's `kid`. */
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
  /** Seconds that clocks may differ; default 5. */
  readonly skew?: number | undefined;
  /** Tokens remembered; default 10 000. */
  readonly remember?: number | undefined;
}

/** Tells who sent a token. */
export interface Verifier {
  /** The user of a token that was verified before and is still valid: no waiting. */
  known(token: string): User | undefined;
  /** @throws ProblemError 401; 503 when the keys cannot be had. */
  verify(token: string): Promise<User>;
}

interface Remembered {
  readonly user: User;
  /** Epoch milliseconds. */
  readonly expires: number;
}

/** Verifies the access tokens of one issuer; EdDSA alone. */
export function createVerifier({
  issuer,
  audience,
  keys,
  clock,
  skew = 5,
  remember = 10_000,
}: VerifierOptions): Verifier {
  const recent = new RecentMap<string, Remembered>(remember);
  return {
    known(token) {
      const entry = recent.get(token);
      return entry !== undefined && entry.expires > clock.now() ? entry.user : undefined;
    },
    async verify(token) {
      let payload: JWTPayload;
      try {
        ({ payload } = await jwtVerify(token, keys, {
          algorithms: ['EdDSA', 'Ed25519'],
          issuer,
          audience,
          clockTolerance: skew,
          currentDate: new Date(clock.now()),
          requiredClaims: ['sub', 'exp'],
        }));
      } catch (error) {
        throw refusal(error);
      }
      const user = userOf(payload);
      recent.set(token, { user, expires: ((payload.exp as number) + skew) * 1000 });
      return user;
    },
  };
}

/** For services without AUTH_* settings: no caller gets in. */
export const closedVerifier: Verifier = {
  known: () => undefined,
  verify: () => Promise.reject(unauthorized('This service has no issuer of access tokens configured.')),
};

/**
 * Keys of an issuer, cached for ten minutes; an unknown `kid` asks again, at most every five seconds.
 * @param fetchKeys Fetches the document, however its address is resolved.
 */
export function remoteKeys(
  url: URL,
  fetchKeys: (url: string, signal: AbortSignal) => Promise<Response>,
): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  return (header, token) => {
    // With the first token: it makes Node load the whole of fetch, a tenth of the start of a service.
    keys ??= createRemoteJWKSet(url, {
      cacheMaxAge: 600_000,
      cooldownDuration: 5_000,
      timeoutDuration: 3_000,
      [customFetch]: (address, { signal }) => fetchKeys(address, signal),
    });
    return keys(header, token);
  };
}

function userOf({ sub, roles, email, sid, gen }: JWTPayload): User {
  if (typeof sub !== 'string' || sub === '')
    throw unauthorized('The access token names no user.', 'invalid_token');
  const names = roles === undefined ? [] : roles;
  if (!Array.isArray(names) || !names.every((role) => typeof role === 'string')) {
    throw unauthorized('The access token has malformed roles.', 'invalid_token');
  }
  return Object.freeze({
    id: sub,
    // Nobody becomes a service by what an access token says: see service-identity.ts.
    roles: Object.freeze((names as string[]).filter((role) => role !== 'service')),
    email: typeof email === 'string' ? email : undefined,
    sessionId: typeof sid === 'string' ? sid : undefined,
    generation: typeof gen === 'number' ? gen : undefined,
  });
}

/** Whatever is wrong with the token is the caller's affair; that keys cannot be fetched is ours. */
function refusal(error: unknown): Error {
  if (error instanceof errors.JWTExpired)
    return unauthorized('The access token has expired.', 'invalid_token');
  const fetching =
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    !(error instanceof errors.JOSEError) ||
    error.code === 'ERR_JOSE_GENERIC';
  return fetching
    ? unavailable('Access tokens cannot be verified at the moment.', 1, 'auth-unavailable')
    : unauthorized('The access token is not valid.', 'invalid_token');
}
