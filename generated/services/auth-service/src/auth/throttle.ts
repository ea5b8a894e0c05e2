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

  /** Throws 429 while the address has to wait. */
  async check(email: string): Promise<void> {
    const row = await this.#db
      .selectFrom('signInAttempt')
      .select(sql<number>`ceil(extract(epoch from blocked_until - now()))::integer`.as('seconds'))
      .where('addressHash', '=', hashOf(email))
      .executeTakeFirst();
    if (row !== undefined && row.seconds > 0) throw tooManyRequests(row.seconds);
  }

  async failed(email: string): Promise<void> {
    await sql`
      insert into sign_in_attempt as attempt (address_hash, failures, blocked_until)
      values (${hashOf(email)}, 1, now())
      on conflict (address_hash) do update set
        failures = attempt.failures + 1,
        blocked_until = case
          when attempt.failures + 1 < ${freeFailures} then now()
          else now() + least(${longestWaitSeconds}, power(2, least(20, attempt.failures + 1 - ${freeFailures}))) * interval '1 second'
        end
    `.execute(this.#db);
  }

  async succeeded(email: string): Promise<void> {
    await this.#db.deleteFrom('signInAttempt').where('addressHash', '=', hashOf(email)).execute();
  }
}

const hashOf = (email: string) => createHash('sha256').update(email.toLowerCase()).digest();
