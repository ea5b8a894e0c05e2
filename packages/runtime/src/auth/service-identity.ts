/**
 * Who calls, between services: a token of one minute that the calling service signs itself, for one other service. A network
 * that anybody may have entered is no proof of anything; neither is a registry, so public keys come from a file of the stack.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { unauthorized } from '../http/problem.ts';
import type { Logger } from '../log.ts';
import { RecentMap } from './recent-map.ts';
import type { User } from './user.ts';
import type { Verifier } from './verifier.ts';

/** Beside `Authorization`, which stays the user's. Gateways drop it from clients' requests. */
export const SERVICE_TOKEN_HEADER = 'x-service-token';

/** Seconds. */
const LIFETIME = 60;
/** A token is sent for half of its life, so that none expires on its way. */
const REUSE_MS = 30_000;
/** Tells these tokens from all others that might ever be signed with the same key. */
const TYPE = 'service+jwt';

/** Tokens that say which service calls. */
export interface ServiceIdentity {
  /** A promise only when one has to be signed. */
  tokenFor(target: string): string | Promise<string>;
}

/** Signs a token of one minute for each service that is called. @param privateKey Ed25519. */
export function createServiceIdentity(name: string, privateKey: KeyObject, clock: Clock): ServiceIdentity {
  const kid = keyId(createPublicKey(privateKey));
  const issued = new Map<string, { readonly token: string; readonly until: number }>();
  return {
    tokenFor(target) {
      const known = issued.get(target);
      const now = clock.now();
      if (known !== undefined && known.until > now) return known.token;
      const seconds = Math.floor(now / 1_000);
      return new SignJWT()
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: TYPE })
        .setIssuer(issuerOf(name))
        .setSubject(name)
        .setAudience(target)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + LIFETIME)
        .sign(privateKey)
        .then((token) => {
          issued.set(target, { token, until: now + REUSE_MS });
          return token;
        });
    },
  };
}

/** Whose key it is decides who may be named in what it signs. */
export interface IdentityKey {
  readonly service: string;
  readonly key: KeyObject;
}

/** The public keys of services. `find`: by the `kid` of a token. */
export interface IdentityKeys {
  find(kid: string): IdentityKey | undefined;
}

/** Whose tokens are believed, and by whom. */
export interface ServiceVerifierOptions {
  /** The service that is called: tokens for others are of no use here. */
  readonly audience: string;
  readonly keys: IdentityKeys;
  readonly clock: Clock;
  /** Seconds that clocks may differ; default 5. */
  readonly skew?: number | undefined;
}

interface Remembered {
  readonly user: User;
  readonly kid: string;
  /** Epoch milliseconds. */
  readonly expires: number;
}

/** Its users are services: `{ id: 'booking-service', roles: ['service'] }`. */
export function createServiceVerifier({ audience, keys, clock, skew = 5 }: ServiceVerifierOptions): Verifier {
  const recent = new RecentMap<string, Remembered>(1_000);
  return {
    known(token) {
      const entry = recent.get(token);
      if (entry === undefined || entry.expires <= clock.now()) return undefined;
      // The key may have been taken back since.
      return keys.find(entry.kid)?.service === entry.user.id ? entry.user : undefined;
    },
    async verify(token) {
      let owner: IdentityKey | undefined;
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          ({ kid }) => {
            owner = typeof kid === 'string' ? keys.find(kid) : undefined;
            if (owner === undefined) throw new Error('no service has this key');
            return owner.key;
          },
          {
            algorithms: ['EdDSA'],
            typ: TYPE,
            audience,
            // One audience, not a list with ours among others: a token is for one service.
            requiredClaims: ['iss', 'sub', 'iat', 'exp'],
            maxTokenAge: LIFETIME,
            clockTolerance: skew,
            currentDate: new Date(clock.now()),
          },
        );
        const name = (owner as IdentityKey | undefined)?.service as string;
        if (payload.iss !== issuerOf(name) || payload.sub !== name || payload.aud !== audience)
          throw new Error('the key belongs to another service');
        const user = Object.freeze({ id: name, roles: Object.freeze(['service']) });
        // What counts is the shorter of the two ends.
        const end = Math.min(payload.exp as number, (payload.iat as number) + LIFETIME);
        recent.set(token, {
          user,
          kid: protectedHeader.kid as string,
          expires: (end + skew) * 1_000,
        });
        return user;
      } catch (cause) {
        const problem = unauthorized('The service token is not valid.', 'invalid_token');
        problem.cause = cause;
        throw problem;
      }
    },
  };
}

/** Nobody is a service. */
export const noServices: Verifier = {
  known: () => undefined,
  verify: () => Promise.reject(unauthorized('This service knows no other services: set SERVICE_IDENTITIES.')),
};

const Identities = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      service: z.string(),
    }),
  ),
});

/** How often an unknown key may make us look whether the file has changed, in milliseconds. */
const REREAD_MS = 5_000;
/** How long a key is believed without a look whether it is still there. */
const BELIEVED_MS = 30_000;

/**
 * From a key set whose keys also say their `service`. Read again when a key is unknown, since a service may be new, and from time to
 * time, since a key may be revoked.
 * @param read The text; undefined when there is none any more.
 * @throws when the first text cannot be read.
 */
export function identityKeys(
  read: () => string | undefined,
  options: { clock: Clock; log: Logger },
): IdentityKeys {
  let keys = parseIdentities(read());
  let readAt = options.clock.now();
  return {
    find(kid) {
      const known = keys.get(kid);
      const age = options.clock.now() - readAt;
      if (age < (known === undefined ? REREAD_MS : BELIEVED_MS)) return known;
      readAt = options.clock.now();
      try {
        keys = parseIdentities(read());
      } catch (error) {
        options.log.warn(
          { err: error },
          'The keys of the services cannot be read; the last ones stay in use',
        );
      }
      return keys.get(kid);
    },
  };
}

function parseIdentities(text: string | undefined): Map<string, IdentityKey> {
  const { keys } = Identities.parse(JSON.parse(text ?? ''));
  return new Map(
    keys.map(({ kid, service, ...jwk }) => [
      kid,
      { service, key: createPublicKey({ key: jwk, format: 'jwk' }) },
    ]),
  );
}

// RFC 8410: the PKCS#8 wrapping of an Ed25519 private key is this prefix and the seed.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seeds One a line, 32 bytes each in base64url; the first one signs, the others are on their way out. */
export function signingKey(seeds: string): KeyObject {
  const seed = Buffer.from(seeds.trim().split('\n')[0] ?? '', 'base64url');
  if (seed.length !== 32) throw new Error('it must have one key a line, 32 bytes each in base64url');
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/** An Ed25519 key is short enough to be its own name. */
export const keyId = (key: KeyObject): string => (key.export({ format: 'jwk' }) as { x: string }).x;

const issuerOf = (service: string): string => `service:${service}`;
