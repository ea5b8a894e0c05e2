/**
 * Takes access tokens back before they expire. What has to be told is written in the transaction of the change, and told when
 * that is committed: at once by the request, and by a timer when the request, the process or the pub/sub did not live to do it.
 */
import { randomUUIDv7 } from 'node:crypto';
import { type PlatformBase, unavailable } from '@hometrip/runtime';
import { type Kysely, sql } from 'kysely';
import type { AuthTables } from './tables.ts';

/** Of access tokens, seconds. */
export const accessTokenSeconds = 15 * 60;
/** Clocks may differ by so much, seconds. */
const skewSeconds = 60;
const tellEveryMs = 2_000;

export interface TokensOf {
  readonly accountId: string;
  /** Only those of one session. */
  readonly sessionId?: string;
  /** Only those of earlier generations; with neither, all of them. */
  readonly before?: number;
}

export class TokenRevocations {
  readonly #db: Kysely<AuthTables>;
  readonly #platform: PlatformBase;
  readonly #announcer: ReturnType<PlatformBase['revocations']['announcer']>;
  #telling: Promise<void> | undefined;

  constructor(db: Kysely<AuthTables>, platform: PlatformBase) {
    this.#db = db;
    this.#platform = platform;
    this.#announcer = platform.revocations.announcer(() => void this.#forgetTold());
  }

  /** In the transaction of what makes it necessary. */
  async note({ accountId, sessionId, before }: TokensOf, tx: Kysely<AuthTables>): Promise<void> {
    await tx
      .insertInto('revocation')
      .values({
        id: randomUUIDv7(),
        accountId,
        sessionId: sessionId ?? null,
        beforeGeneration: before ?? null,
        until: sql<Date>`now() + ${accessTokenSeconds + skewSeconds} * interval '1 second'`,
        toldAt: null,
      })
      .execute();
  }

  /**
   * After the commit: from when it resolves, no instance accepts these tokens. @throws ProblemError 503 when they cannot be told
   * now. The change stands, and they are told as soon as they can be.
   */
  async tell(): Promise<void> {
    try {
      await this.#tellUntold();
    } catch (error) {
      this.#platform.log.error({ err: error }, 'revoked tokens could not be announced; trying again');
      throw unavailable(
        'It is done, but the other services could not be told yet that earlier access tokens are revoked. They will be; send the request again to wait for it.',
        2,
        'revocation-pending',
      );
    }
  }

  /** Until the service stops. */
  start(): () => void {
    const timer = setInterval(() => {
      this.#telling ??= this.#sweep().finally(() => (this.#telling = undefined));
    }, tellEveryMs).unref();
    return () => {
      clearInterval(timer);
      this.#announcer.close();
    };
  }

  async #sweep(): Promise<void> {
    try {
      await this.#tellUntold();
      await this.#db.deleteFrom('revocation').where('until', '<', sql<Date>`now()`).execute();
    } catch (error) {
      this.#platform.log.warn({ err: error }, 'revoked tokens cannot be announced; trying again');
    }
  }

  /** Another replica may tell the same: twice does no harm. */
  async #tellUntold(): Promise<void> {
    const rows = await this.#db
      .selectFrom('revocation')
      .select(['id', 'accountId', 'sessionId', 'beforeGeneration'])
      .select(sql<number>`(extract(epoch from until) * 1000)::float8`.as('until'))
      .where('toldAt', 'is', null)
      .where('until', '>', sql<Date>`now()`)
      .orderBy('id')
      .execute();
    if (rows.length === 0) return;
    await this.#announcer.announce(
      rows.map(({ accountId, sessionId, beforeGeneration, until }) => ({
        user: accountId,
        ...(sessionId === null ? {} : { session: sessionId }),
        ...(beforeGeneration === null ? {} : { before: beforeGeneration }),
        until,
      })),
    );
    await this.#db
      .updateTable('revocation')
      .set({ toldAt: sql<Date>`now()` })
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute();
  }

  /** The server lost what it was told. */
  async #forgetTold(): Promise<void> {
    const { log } = this.#platform;
    log.warn('what was announced about revoked tokens is lost: it is announced again');
    await this.#db
      .updateTable('revocation')
      .set({ toldAt: null })
      .execute()
      .catch((error: unknown) => log.error({ err: error }, 'revoked tokens cannot be announced again'));
  }
}
