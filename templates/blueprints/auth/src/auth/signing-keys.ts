/**
 * Ed25519 keys from seeds, so that all replicas have the same ones without a store: the first seed signs, all of them
 * verify. To rotate, put a new seed in front, and drop the old one when its tokens have ended.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';

export interface SigningKeys {
  readonly current: { readonly kid: string; readonly privateKey: KeyObject };
  /** Public keys, as `/auth/jwks` shows them. */
  readonly jwks: { readonly keys: JWK[] };
}

// RFC 8410: the PKCS#8 wrapping of an Ed25519 private key is this prefix and the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seeds One a line, 32 bytes each in base64url. */
export async function readSigningKeys(seeds: string): Promise<SigningKeys> {
  const keys = await Promise.all(
    seeds
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map(async (line) => {
        const seed = Buffer.from(line, 'base64url');
        if (seed.length !== 32)
          throw new Error('AUTH_SIGNING_KEY must have one key a line, 32 bytes each in base64url');
        const privateKey = createPrivateKey({
          key: Buffer.concat([pkcs8Prefix, seed]),
          format: 'der',
          type: 'pkcs8',
        });
        const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK;
        const kid = await calculateJwkThumbprint(jwk);
        return { kid, privateKey, jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' } };
      }),
  );
  const [current] = keys;
  if (current === undefined) throw new Error('AUTH_SIGNING_KEY is empty: it needs one key at least');
  return { current, jwks: { keys: keys.map((key) => key.jwk) } };
}
