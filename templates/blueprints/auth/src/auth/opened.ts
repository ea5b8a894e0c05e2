/** What the routes, the tasks and the background work of this service share: made once for each platform. */
import { clientOf, type Platform, requireSetting, TrustedProxies } from '@hometrip/runtime';
import type { IncomingMessage } from 'node:http';
import type { Kysely } from 'kysely';
import { Accounts } from './accounts.ts';
import { networkOf } from './network.ts';
import { TokenRevocations } from './revocations.ts';
import { Sessions } from './sessions.ts';
import { readSigningKeys } from './signing-keys.ts';
import type { AuthTables } from './tables.ts';
import { SignInThrottle } from './throttle.ts';

export type AuthPlatform = Platform<'sql'>;

function openAuth(platform: AuthPlatform) {
  const db = platform.db as Kysely<AuthTables>;
  const keys = readSigningKeys(requireSetting(platform.env, 'AUTH_SIGNING_KEY'));
  const revocations = new TokenRevocations(db, platform);
  const proxies = new TrustedProxies(platform.env, platform.log);
  platform.onStop('close', () => proxies.close());
  return {
    db,
    keys,
    revocations,
    accounts: new Accounts(db),
    throttle: new SignInThrottle(db),
    networkOf: (request: IncomingMessage) => networkOf(clientOf(request, proxies).address),
    sessions: new Sessions({
      db,
      keys,
      revocations,
      issuer: requireSetting(platform.env, 'AUTH_ISSUER'),
      audience: requireSetting(platform.env, 'AUTH_AUDIENCE'),
    }),
  };
}

export type Auth = ReturnType<typeof openAuth>;

const opened = new WeakMap<AuthPlatform, Auth>();

/** Not before it is needed: routes are also listed for the documentation, with nothing opened. */
export function authOf(platform: AuthPlatform): Auth {
  const known = opened.get(platform);
  if (known !== undefined) return known;
  const auth = openAuth(platform);
  opened.set(platform, auth);
  return auth;
}
