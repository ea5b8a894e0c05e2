/**
 * Sessions: a short-lived access token (EdDSA) and a refresh token that works once. Presenting a spent refresh token
 * means that another party has it: the whole session ends (RFC 9700, section 4.14.2).
 */
import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { unauthorized } from '@hometrip/runtime';
import { SignJWT } from 'jose';
import { type Kysely, sql } from 'kysely';
import { accountColumns, type KnownAccount, ownView, toAccount } from './accounts.ts';
import { accessTokenSeconds, type TokenRevocations } from './revocations.ts';
import type { Tokens } from './schema.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { AuthTables } from './tables.ts';

const refreshTokenDays = 30;

export interface SessionsOptions {
  readonly db: Kysely<AuthTables>;
  readonly keys: Promise<SigningKeys>;
  readonly revocations: Pick<TokenRevocations, 'note' | 'tell'>;
  readonly issuer: string;
  readonly audience: string;
}

export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Undefined when the account is not any more what it was when its password was verified: a change of the password ends
   * all sessions, and must not miss the one that begins at this moment.
   */
  async start(account: KnownAccount): Promise<Tokens | undefined> {
    const sessionId = randomUUIDv7();
    const refreshToken = await this.#options.db.transaction().execute(async (tx) => {
      const unchanged = await tx
        .selectFrom('account')
        .select('id')
        .where('id', '=', account.id)
        .where('revision', '=', account.revision)
        .forShare()
        .executeTakeFirst();
      if (unchanged === undefined) return undefined;
      await forgetEnded(tx, account.id);
      await tx
        .insertInto('session')
        .values({ id: sessionId, accountId: account.id, revokedAt: null })
        .execute();
      return issueRefreshToken(tx, sessionId);
    });
    return refreshToken === undefined ? undefined : this.#tokens(account, sessionId, refreshToken);
  }

  /** Spends the refresh token and gives new tokens; 401 for an unknown, ended or spent one. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const renewed = await this.#options.db.transaction().execute(async (tx) => {
      const hash = hashOf(refreshToken);
      const token = await tx
        .updateTable('refreshToken')
        .set({ usedAt: sql`now()` })
        .where('hash', '=', hash)
        .where('usedAt', 'is', null)
        .where('expiresAt', '>', sql<Date>`now()`)
        .returning('sessionId')
        .executeTakeFirst();
      if (token === undefined) {
        await this.#revoke(await endFamilyOfSpent(tx, hash), tx);
        return undefined;
      }
      const account = await tx
        .selectFrom('session')
        .innerJoin('account', 'account.id', 'session.accountId')
        .select(accountColumns)
        .where('session.id', '=', token.sessionId)
        .where('session.revokedAt', 'is', null)
        .where('account.suspended', '=', false)
        .executeTakeFirst();
      if (account === undefined) return undefined;
      return {
        account: toAccount(account),
        sessionId: token.sessionId,
        refreshToken: await issueRefreshToken(tx, token.sessionId),
      };
    });
    // Outside of the transaction: a throw inside would undo the revocation.
    if (renewed === undefined) {
      await this.#options.revocations.tell();
      throw unauthorized('This refresh token does not work any more: sign in again.', 'invalid_token');
    }
    return this.#tokens(renewed.account, renewed.sessionId, renewed.refreshToken);
  }

  /** Ends the session that the refresh token belongs to; nothing happens for an unknown one. */
  async end(refreshToken: string): Promise<void> {
    await this.#options.db.transaction().execute(async (tx) => {
      const ended = await tx
        .updateTable('session')
        .set({ revokedAt: sql`now()` })
        .where('id', 'in', (query) =>
          query.selectFrom('refreshToken').select('sessionId').where('hash', '=', hashOf(refreshToken)),
        )
        .where('revokedAt', 'is', null)
        .returning(['id', 'accountId'])
        .execute();
      await this.#revoke(ended, tx);
    });
    await this.#options.revocations.tell();
  }

  async endAll(accountId: string, tx: Kysely<AuthTables>): Promise<void> {
    await tx
      .updateTable('session')
      .set({ revokedAt: sql`now()` })
      .where('accountId', '=', accountId)
      .where('revokedAt', 'is', null)
      .execute();
  }

  /** The session of a refresh token of this account, spent or not: its holder has been signed in before. */
  async deviceOf(
    refreshToken: string | undefined,
    accountId: string | undefined,
  ): Promise<string | undefined> {
    const row = await this.#options.db
      .selectFrom('refreshToken')
      .innerJoin('session', 'session.id', 'refreshToken.sessionId')
      .select(['session.id', 'session.accountId'])
      .where('hash', '=', hashOf(refreshToken ?? ''))
      .executeTakeFirst();
    return row !== undefined && row.accountId === accountId ? row.id : undefined;
  }

  /** Access tokens of sessions that ended. */
  async #revoke(
    ended: readonly { readonly id: string; readonly accountId: string }[],
    tx: Kysely<AuthTables>,
  ): Promise<void> {
    for (const { id, accountId } of ended)
      await this.#options.revocations.note({ accountId, sessionId: id }, tx);
  }

  async #tokens(account: KnownAccount, sessionId: string, refreshToken: string): Promise<Tokens> {
    const { current } = await this.#options.keys;
    const accessToken = await new SignJWT({
      roles: account.roles,
      email: account.email,
      sid: sessionId,
      gen: account.generation,
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: current.kid })
      .setSubject(account.id)
      .setIssuer(this.#options.issuer)
      .setAudience(this.#options.audience)
      .setJti(randomUUIDv7())
      .setIssuedAt()
      .setExpirationTime(`${accessTokenSeconds}s`)
      .sign(current.privateKey);
    return {
      accessToken,
      tokenType: 'Bearer',
      expiresIn: accessTokenSeconds,
      refreshToken,
      account: ownView(account),
    };
  }
}

async function issueRefreshToken(tx: Kysely<AuthTables>, sessionId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await tx
    .insertInto('refreshToken')
    .values({
      hash: hashOf(token),
      sessionId,
      expiresAt: sql<Date>`now() + ${refreshTokenDays} * interval '1 day'`,
      usedAt: null,
    })
    .execute();
  return token;
}

/** Sessions none of whose refresh tokens could still come back, so that nothing is left to detect. */
async function forgetEnded(tx: Kysely<AuthTables>, accountId: string): Promise<void> {
  await tx
    .deleteFrom('session')
    .where('accountId', '=', accountId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refreshToken')
            .select('hash')
            .whereRef('refreshToken.sessionId', '=', 'session.id')
            .where('expiresAt', '>', sql<Date>`now()`),
        ),
      ),
    )
    .execute();
}

function endFamilyOfSpent(
  tx: Kysely<AuthTables>,
  hash: Buffer,
): Promise<{ id: string; accountId: string }[]> {
  return tx
    .updateTable('session')
    .set({ revokedAt: sql`now()` })
    .where('id', 'in', (query) =>
      query
        .selectFrom('refreshToken')
        .select('sessionId')
        .where('hash', '=', hash)
        .where('usedAt', 'is not', null),
    )
    .where('revokedAt', 'is', null)
    .returning(['id', 'accountId'])
    .execute();
}

const hashOf = (token: string) => createHash('sha256').update(token).digest();
