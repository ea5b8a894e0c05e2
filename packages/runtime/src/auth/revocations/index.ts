/**
 * Access tokens are believed until they expire, without asking anybody. What ends earlier, because an account was suspended or
 * its password changed, is announced to all who verify tokens, and looked up in memory.
 */
import type { Check } from '../../health/readiness.ts';
import { unauthorized, unavailable } from '../../http/problem.ts';
import type { User } from '../user.ts';
import type { Verifier } from '../verifier.ts';
import { Announcer } from './announcer.ts';
import { type FeedOptions, RevocationFeed } from './feed.ts';
import type { Revocation } from './list.ts';

export type { Revocation } from './list.ts';

/** What every service has: it says whose tokens do not count any more. */
export interface Revocations {
  /** Whether a token of this user was taken back. */
  revokes(user: User): boolean;
  /** @param heard Called with each revocation as it comes. Must not throw. @returns what ends it. */
  onRevoked(heard: (revocation: Revocation) => void): () => void;
  /**
   * For services that issue tokens. `announce` resolves when every instance that is connected refuses these tokens, and throws
   * when the pub/sub is away; until then nothing is revoked, so keep what is to be announced in a store.
   * @param lost Called when what was announced may be gone: announce again all that still counts.
   */
  announcer(lost: () => void): { announce(revocations: readonly Revocation[]): Promise<void>; close(): void };
}

/** Without pub/sub: tokens count until they expire. */
export const noRevocations: Revocations = {
  revokes: () => false,
  onRevoked: () => () => undefined,
  announcer: () => ({ announce: () => Promise.resolve(), close: () => undefined }),
};

export interface OpenRevocations extends Revocations {
  readonly check: Check;
  /** The same verifier, for tokens that were not taken back. */
  guard(verifier: Verifier): Verifier;
  close(): Promise<void>;
}

/** Reads what is revoked; when that cannot be read now, it is tried again until it can. Never rejects. */
export async function openRevocations(options: FeedOptions): Promise<OpenRevocations> {
  const feed = new RevocationFeed(options);
  await feed.open();
  return {
    check: feed.check,
    revokes: (user) => feed.revokes(user),
    onRevoked: (heard) => feed.onRevoked(heard),
    announcer: (lost) => new Announcer({ ...options, feed }, lost),
    guard: (verifier) => ({
      known(token) {
        const user = verifier.known(token);
        return user === undefined || !feed.isKnown || feed.list.has(user) ? undefined : user;
      },
      async verify(token) {
        const user = await verifier.verify(token);
        if (!feed.isKnown)
          throw unavailable('What tokens are revoked is not known yet.', 1, 'auth-unavailable');
        if (feed.revokes(user)) throw revoked();
        return user;
      },
    }),
    close: () => feed.close(),
  };
}

/** A client answers it as it does the end of a token: it refreshes, or signs in. */
const revoked = () => unauthorized('The access token was revoked: refresh it, or sign in.', 'invalid_token');
