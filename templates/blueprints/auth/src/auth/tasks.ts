/** For the operator of the machine: who is an admin. The first one has to come from somewhere. */
import { type Task, TaskError } from '@hometrip/runtime';
import { type KnownAccount, managedView } from './accounts.ts';
import { administer } from './administration.ts';
import { type AuthPlatform, authOf } from './opened.ts';
import { newcomer, type Role } from './schema.ts';

export const authTasks = (platform: AuthPlatform): Task[] => [
  {
    name: 'admin',
    usage: 'grant EMAIL | revoke EMAIL | list',
    summary: 'say who may administer accounts',
    async run([action, email, ...others]) {
      if (action === 'list' && email === undefined)
        return { admins: (await authOf(platform).accounts.admins()).map(managedView) };
      if ((action !== 'grant' && action !== 'revoke') || email === undefined || others.length > 0)
        throw new TaskError('say what to do: grant EMAIL, revoke EMAIL, or list', { code: 'usage' });
      const account = await accountOf(platform, email);
      const roles = action === 'grant' ? withAdmin(account) : withoutAdmin(account);
      const after = await administer(platform, { operator: operatorOf(platform) }, account.id, { roles });
      return { changed: after.revision !== account.revision, account: managedView(after) };
    },
  },
];

async function accountOf(platform: AuthPlatform, email: string): Promise<KnownAccount> {
  const account = await authOf(platform).accounts.find(email);
  if (account === undefined)
    throw new TaskError(`there is no account with the e-mail address ${email}`, {
      code: 'unknown-account',
      next: ['register it first, as every user does: POST /api/v1/auth/register'],
    });
  return account;
}

const withAdmin = ({ roles }: KnownAccount): Role[] =>
  roles.includes('admin') ? roles : [...roles, 'admin'];

/** Every account has a role. */
function withoutAdmin({ roles }: KnownAccount): Role[] {
  const others = roles.filter((role) => role !== 'admin');
  return others.length === 0 ? [newcomer] : others;
}

/** Who sits at the machine, as far as the task was told. */
const operatorOf = ({ env }: AuthPlatform): string => env['TASK_OPERATOR'] ?? 'unknown';
