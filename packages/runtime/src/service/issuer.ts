/**
 * Who issues the access tokens that this service accepts, from AUTH_ISSUER, AUTH_AUDIENCE and AUTH_JWKS_URL.
 *
 * @setting AUTH_JWKS_URL Where the keys of the issuer of access tokens are: `https://…`, `http://…`, or `service://auth-service/…`, found by the
 * registry. Without it and AUTH_ISSUER no token is accepted.
 * @setting AUTH_ISSUER The `iss` that tokens must have.
 * @setting AUTH_AUDIENCE The `aud` that tokens must have.
 */
import type { JWTVerifyGetKey } from 'jose';
import { remoteKeys } from '../auth/verifier.ts';
import { type Environment, readSetting, readUrl, requireSetting, SettingError } from '../settings.ts';

/** An instance of a service that may be called now: `http://127.0.0.1:4001`. */
export type Resolve = (service: string) => Promise<string>;

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Undefined when nothing of it is set: then no token is accepted. @throws SettingError when only a part is. */
export function issuerKeys(env: Environment, resolve: Resolve | undefined): Issuer | undefined {
  const url = readUrl(env, 'AUTH_JWKS_URL');
  if (url === undefined && readSetting(env, 'AUTH_ISSUER') === undefined) return undefined;
  if (url === undefined) requireSetting(env, 'AUTH_JWKS_URL');
  return {
    issuer: requireSetting(env, 'AUTH_ISSUER'),
    audience: requireSetting(env, 'AUTH_AUDIENCE'),
    keys: keysAt(url as URL, resolve),
  };
}

function keysAt(url: URL, resolve: Resolve | undefined): JWTVerifyGetKey {
  if (url.protocol === 'http:' || url.protocol === 'https:')
    return remoteKeys(url, (address, signal) => fetch(address, { signal }));
  if (url.protocol !== 'service:') {
    throw new SettingError(
      'AUTH_JWKS_URL',
      `AUTH_JWKS_URL begins with ${url.protocol}//: use service://, https:// or http://.`,
    );
  }
  if (resolve === undefined)
    throw new SettingError(
      'REGISTRY_URL',
      'REGISTRY_URL is not set, but AUTH_JWKS_URL is a service:// address: set it.',
    );
  // Resolved at every fetch: instances come and go.
  return remoteKeys(url, async (_, signal) =>
    fetch(`${await resolve(url.hostname)}${url.pathname}${url.search}`, { signal }),
  );
}
