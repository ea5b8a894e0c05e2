/** What admins and the operator of the machine do with accounts of others. */
import { forbidden, notFound, type Tx } from '@hometrip/runtime';
import type { Kysely } from 'kysely';
import { type AccountChange, type KnownAccount, lockAdmins } from './accounts.ts';
import { type AuthPlatform, authOf } from './opened.ts';
import type { AuthTables } from './tables.ts';

/** Who does it, for the log: an account, or an operator at the machine. */
export type Actor = { readonly admin: string } | { readonly operator: string };

/**
 * Changes the roles or the suspension of an account, and takes its access tokens back: resolves when no instance accepts them
 * any more. Sessions go on, with new tokens from the next refresh, unless the account is suspended.
 * @throws ProblemError 403 when the admin is none any more, 404, 409 `last-admin`, 503 `revocation-pending`.
 */
export async function administer(
  platform: AuthPlatform,
  actor: Actor,
  id: string,
  change: Pick<AccountChange, 'roles' | 'suspended'>,
): Promise<KnownAccount> {
  const { accounts, revocations, sessions } = authOf(platform);
  const { before, after } = await platform.transaction(async (transaction: Tx) => {
    const tx = transaction as unknown as Kysely<AuthTables>;
    const admins = await lockAdmins(tx);
    // By the accounts themselves, not by what a token said when it was issued.
    if ('admin' in actor && !admins.includes(actor.admin)) throw forbidden('You are not an admin any more.');
    const before = await accounts.get(id, tx);
    if (before === undefined) throw notFound('account');
    if (!differs(before, change)) return { before, after: before };
    const after = (await accounts.change(id, change, tx)) as KnownAccount;
    if (after.suspended) await sessions.endAll(id, tx);
    await revocations.note({ accountId: id, before: after.generation }, tx);
    return { before, after };
  });
  if (after !== before)
    platform.log.info(
      {
        audit: 'account-changed',
        account: id,
        by: actor,
        before: { roles: before.roles, suspended: before.suspended },
        after: { roles: after.roles, suspended: after.suspended },
      },
      'an account was changed',
    );
  await revocations.tell();
  return after;
}

const differs = (account: KnownAccount, { roles, suspended }: AccountChange): boolean =>
  (suspended !== undefined && suspended !== account.suspended) ||
  (roles !== undefined && [...new Set(roles)].sort().join() !== [...account.roles].sort().join());
