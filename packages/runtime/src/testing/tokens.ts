/** Access tokens as the auth service issues them, signed with a key made for this process. */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import {
  createServiceIdentity,
  type IdentityKey,
  type IdentityKeys,
  keyId,
  type ServiceIdentity,
} from '../auth/service-identity.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createLocalJWKSet, exportJWK, type JSONWebKeySet, type JWTVerifyGetKey, SignJWT } from 'jose';

/** Who a test acts for. */
export interface TestUser {
  /** Default: a new one. */
  readonly id?: string | undefined;
  /** Default: guest. */
  readonly roles?: readonly string[] | undefined;
  readonly email?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Default: the first one. */
  readonly generation?: number | undefined;
}

/** Issues tokens, and knows the keys that verify them. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwks: JSONWebKeySet;
  readonly keys: JWTVerifyGetKey;
  /** @param now Epoch milliseconds; default: now. Tokens live for 15 minutes. */
  tokenFor(user: TestUser, now?: number): Promise<string>;
}

/** Another issuer, for tokens that a service must not accept. */
export async function createTestIssuer(): Promise<TestIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [issuer, audience, kid] = ['https://auth.test', 'hometrip-test', randomUUID()];
  const jwks: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] };
  return {
    issuer,
    audience,
    kid,
    privateKey,
    publicKey,
    jwks,
    keys: createLocalJWKSet(jwks),
    tokenFor({ id = randomUUID(), roles = [], email, sessionId, generation }, now = Date.now()) {
      const seconds = Math.floor(now / 1000);
      return new SignJWT({ roles: [...roles], email, sid: sessionId, gen: generation })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 900)
        .sign(privateKey);
    },
  };
}

let shared: Promise<TestIssuer> | undefined;

/** One for the whole process: every service under test accepts its tokens. */
export function testIssuer(): Promise<TestIssuer> {
  return (shared ??= createTestIssuer());
}

/** An access token that every service under test accepts for 15 minutes. */
export async function tokenFor(user: TestUser = {}): Promise<string> {
  return (await testIssuer()).tokenFor(user);
}

const publicKeys = new Map<string, IdentityKey>();

/** Every service under test believes them. */
export const testIdentityKeys: IdentityKeys = { find: (kid) => publicKeys.get(kid) };

/** Speaks for a service, with a key made for this process. */
export function testIdentity(service: string, clock: Clock = systemClock): ServiceIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  publicKeys.set(keyId(publicKey), { service, key: publicKey });
  return createServiceIdentity(service, privateKey, clock);
}
