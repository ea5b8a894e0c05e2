/** Which access tokens do not count any more, although they have not expired: all that is known in this process. */
import { z } from 'zod';
import type { User } from '../user.ts';

export const Revocation = z.object({
  /** Whose tokens. */
  user: z.string().min(1),
  /** Only those of this session. */
  session: z.string().optional(),
  /** Only those of an earlier generation of the account; with neither this nor `session`, all of them. */
  before: z.int().optional(),
  /** Epoch milliseconds: by then the last of these tokens has expired by itself, and this is forgotten. */
  until: z.number(),
});
/** Tokens that do not count any more: of a session, of earlier generations, or all of a user. */
export type Revocation = z.infer<typeof Revocation>;

interface Earlier {
  readonly before: number;
  readonly until: number;
}

/**
 * Generations instead of instants: a token of the same second as its revocation is either of the old generation or of the new
 * one, whatever the clocks of two replicas say.
 */
export class RevocationList {
  readonly #users = new Map<string, Earlier>();
  /** By session: until when. */
  readonly #sessions = new Map<string, number>();

  get size(): number {
    return this.#users.size + this.#sessions.size;
  }

  add({ user, session, before = Infinity, until }: Revocation): void {
    if (session !== undefined) {
      this.#sessions.set(session, Math.max(until, this.#sessions.get(session) ?? 0));
      return;
    }
    const known = this.#users.get(user) ?? { before: 0, until: 0 };
    this.#users.set(user, { before: Math.max(before, known.before), until: Math.max(until, known.until) });
  }

  /** A token without a generation is of the first one. */
  has({ id, sessionId, generation = 0 }: User): boolean {
    if (this.#users.size > 0) {
      const earlier = this.#users.get(id);
      if (earlier !== undefined && generation < earlier.before) return true;
    }
    return sessionId !== undefined && this.#sessions.has(sessionId);
  }

  /** @param now Epoch milliseconds. */
  forget(now: number): void {
    for (const [user, { until }] of this.#users) if (until <= now) this.#users.delete(user);
    for (const [session, until] of this.#sessions) if (until <= now) this.#sessions.delete(session);
  }
}
