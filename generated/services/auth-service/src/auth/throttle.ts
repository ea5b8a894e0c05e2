/** Slows down guessing: after five failures in a row for one address, each further one doubles the wait. */
import { createHash } from 'node:crypto';
import { tooManyRequests } from '@hometrip/runtime';
import { type Kysely, sql } from 'kysely';
import type { AuthTables } from './tables.ts';

const freeFailures = 5;
const longestWaitSeconds = 900;

export class SignInThrottle {
  readonly #db: Kysely<AuthTables>;

  constructor(db: Kysely<AuthTables>) {
    this.#db = db;
  }

  /**
   * Counts the attempt as a failure before anybody looks at the password: of guesses that come at the same moment only
   * the free ones get that far. Throws 429 while the address has to wait.
   */
  async attempt(email: string): Promise<void> {
    const { rows } = await sql`
      insert into sign_in_attempt as attempt (address_hash, failures, blocked_until)
      values (${hashOf(email)}, 1, now())
      on conflict (address_hash) do update set
        failures = ${failures},
        blocked_until = case
          when ${failures} < ${freeFailures} then now()
          else now() + least(${longestWaitSeconds}, power(2, least(20, ${failures} - ${freeFailures}))) * interval '1 second'
        end
      where attempt.blocked_until <= clock_timestamp()
      returning failures
    `.execute(this.#db);
    if (rows.length === 0) throw tooManyRequests(await this.#wait(email));
  }

  async succeeded(email: string): Promise<void> {
    await this.#db.deleteFrom('signInAttempt').where('addressHash', '=', hashOf(email)).execute();
  }

  /** Seconds. */
  async #wait(email: string): Promise<number> {
    const row = await this.#db
      .selectFrom('signInAttempt')
      .select(sql<number>`ceil(extract(epoch from blocked_until - now()))::integer`.as('seconds'))
      .where('addressHash', '=', hashOf(email))
      .executeTakeFirst();
    return Math.max(1, row?.seconds ?? 1);
  }
}

/** With this one; what lies a day back is forgiven. */
const failures = sql`(case when attempt.blocked_until < now() - interval '1 day' then 1 else attempt.failures + 1 end)`;

const hashOf = (email: string) => createHash('sha256').update(email.toLowerCase()).digest();
