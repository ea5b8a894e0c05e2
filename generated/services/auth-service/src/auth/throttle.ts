/**
 * Slows down guessing without locking the owner out. A guess takes from three allowances, before the password is looked at:
 *
 * - what one place may guess at one account. A place is a network, or a device that shows a refresh token of the account, so
 *   that a guesser elsewhere, or beside the owner, takes nothing from the owner's;
 * - what one network may guess at all accounts;
 * - what all places together may guess at one account from where it has never been signed in to before. Guesses from thousands of
 *   addresses end here. Places that are known do not take from it, and so are not locked out by it.
 *
 * The right password gives back what it took. In the database of the accounts, not in a cache: all replicas count together,
 * and there is no state in which one can sign in and guesses are not counted.
 */
import { createHash } from 'node:crypto';
import { tooManyRequests } from '@hometrip/runtime';
import { type Kysely, sql } from 'kysely';
import { type Allowance, decide } from './allowance.ts';
import type { AuthTables } from './tables.ts';

/** Documented in docs/accounts.md, with what a day of them comes to. */
export const allowances = {
  place: { burst: 10, every: 300 },
  network: { burst: 100, every: 30 },
  account: { burst: 50, every: 600 },
} as const satisfies Record<string, Allowance>;

/** Networks that were not used for so long are forgotten, days. */
const rememberDays = 90;

export interface Guess {
  readonly email: string;
  readonly network: string;
  /** Of the account with this address, if there is one and the client has shown one of its refresh tokens. */
  readonly device: string | undefined;
  /** Whether the account has been signed in to from here. */
  readonly known: boolean;
}

export class SignInThrottle {
  readonly #db: Kysely<AuthTables>;

  constructor(db: Kysely<AuthTables>) {
    this.#db = db;
  }

  /** @throws ProblemError 429: the answer is the same whether there is such an account or not. */
  attempt(guess: Guess): Promise<void> {
    return this.#take(takenBy(guess));
  }

  /** @throws ProblemError 429. For questions that tell whether an address has an account. */
  probe(network: string): Promise<void> {
    return this.#take([{ key: keyOf('network', network), allowance: allowances.network }]);
  }

  /** It was no guess. */
  async succeeded(guess: Guess): Promise<void> {
    await this.#giveBack(takenBy(guess));
    await this.#db
      .deleteFrom('signInAllowance')
      .where('key', '=', keyOf('place', guess.email, placeOf(guess)))
      .execute();
  }

  async probed(network: string): Promise<void> {
    await this.#giveBack([{ key: keyOf('network', network), allowance: allowances.network }]);
  }

  async knows(accountId: string, network: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('knownAddress')
      .select('seenAt')
      .where('accountId', '=', accountId)
      .where('addressHash', '=', keyOf(accountId, network))
      .where('seenAt', '>', sql<Date>`now() - ${rememberDays} * interval '1 day'`)
      .executeTakeFirst();
    return row !== undefined;
  }

  async remember(accountId: string, network: string): Promise<void> {
    await this.#db
      .insertInto('knownAddress')
      .values({ accountId, addressHash: keyOf(accountId, network) })
      .onConflict((conflict) =>
        conflict.columns(['accountId', 'addressHash']).doUpdateSet({ seenAt: sql<Date>`now()` }),
      )
      .execute();
  }

  /** What is over. */
  async forget(): Promise<void> {
    await this.#db.deleteFrom('signInAllowance').where('fullAt', '<', sql<Date>`now()`).execute();
    await this.#db
      .deleteFrom('knownAddress')
      .where('seenAt', '<', sql<Date>`now() - ${rememberDays} * interval '1 day'`)
      .execute();
  }

  async #take(taken: readonly Taken[]): Promise<void> {
    const decision = await this.#db.transaction().execute(async (tx) => {
      const rows = await tx
        .insertInto('signInAllowance')
        .values(taken.map(({ key }) => ({ key, fullAt: sql<Date>`to_timestamp(0)` })))
        // Locks the row, which `do nothing` would not.
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((is) => ({ fullAt: is.ref('signInAllowance.fullAt') })),
        )
        .returning('key')
        .returning(sql<number>`(extract(epoch from full_at) * 1000)::float8`.as('fullAt'))
        .returning(sql<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`.as('now'))
        .execute();
      const asked = taken.map(({ key, allowance }) => ({
        allowance,
        fullAt: rows.find((row) => key.equals(row.key))?.fullAt,
      }));
      const result = decide(asked, Math.max(...rows.map(({ now }) => now)));
      if (result.allowed) {
        for (const [index, { key }] of taken.entries())
          await tx
            .updateTable('signInAllowance')
            .set({ fullAt: sql<Date>`to_timestamp(${(result.fullAt[index] as number) / 1_000}::float8)` })
            .where('key', '=', key)
            .execute();
      }
      return result;
    });
    if (!decision.allowed) throw tooManyRequests(decision.retryAfter);
  }

  async #giveBack(taken: readonly Taken[]): Promise<void> {
    for (const { key, allowance } of taken)
      await this.#db
        .updateTable('signInAllowance')
        .set({ fullAt: sql<Date>`full_at - ${allowance.every} * interval '1 second'` })
        .where('key', '=', key)
        .execute();
  }
}

interface Taken {
  readonly key: Buffer;
  readonly allowance: Allowance;
}

/** In one order for all, so that two guesses never wait for each other. */
function takenBy(guess: Guess): readonly Taken[] {
  const { email, network, known } = guess;
  const taken = [
    { key: keyOf('place', email, placeOf(guess)), allowance: allowances.place },
    { key: keyOf('network', network), allowance: allowances.network },
    ...(known ? [] : [{ key: keyOf('account', email), allowance: allowances.account }]),
  ];
  return taken.sort((a, b) => a.key.compare(b.key));
}

const placeOf = ({ device, network }: Guess): string =>
  device === undefined ? `network ${network}` : `device ${device}`;

const keyOf = (...parts: readonly string[]): Buffer =>
  createHash('sha256').update(JSON.stringify(parts).toLowerCase()).digest();
