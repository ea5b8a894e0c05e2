import { noContent, notFound, ok, route } from '@hometrip/runtime';
import { ownView } from '../accounts.ts';
import { type AuthPlatform, authOf } from '../opened.ts';
import { hashPassword, verifyPassword } from '../passwords.ts';
import { refused } from '../refused.ts';
import { Account, PasswordChange } from '../schema.ts';

export const accountRoutes = (platform: AuthPlatform) => [
  route.get('/auth/me', {
    summary: 'The account that is signed in',
    tag: 'Accounts',
    operationId: 'getMe',
    responses: { 200: Account },
    async handler({ user }) {
      const account = await authOf(platform).accounts.get(user.id);
      if (account === undefined) throw notFound('account');
      return ok(ownView(account));
    },
  }),

  route.delete('/auth/me', {
    summary: 'Erase the account',
    description: 'Its sessions end and its access tokens stop working. The last admin cannot leave.',
    tag: 'Accounts',
    operationId: 'eraseMe',
    responses: { 204: null },
    problems: [409],
    async handler({ user }) {
      const { accounts, revocations } = authOf(platform);
      await platform.transaction(async (tx) => {
        // The news is told once, also when two requests come at the same moment.
        if (!(await accounts.delete(user.id, tx))) return;
        await platform.events.publish('user.erased', { userId: user.id }, tx);
        await revocations.note({ accountId: user.id }, tx);
      });
      await revocations.tell();
      return noContent();
    },
  }),

  route.post('/auth/password', {
    summary: 'Change the password; every session ends',
    description: 'Every access token of the account stops working: sign in with the new password.',
    tag: 'Accounts',
    operationId: 'changePassword',
    body: PasswordChange,
    responses: { 204: null },
    problems: [429],
    async handler({ body, user, raw }) {
      const { accounts, networkOf, revocations, sessions, throttle } = authOf(platform);
      const account = await accounts.get(user.id);
      const found = account === undefined ? undefined : await accounts.find(account.email);
      if (found === undefined) throw notFound('account');
      // A signed-in user is at a known place. A stolen token buys no more guesses than any other place.
      const device = `session ${user.sessionId ?? user.id}`;
      const guess = { email: found.email, network: networkOf(raw), device, known: true };
      await throttle.attempt(guess);
      if (!(await verifyPassword(body.currentPassword, found.passwordHash))) throw refused();
      await throttle.succeeded(guess);
      const passwordHash = await hashPassword(body.newPassword);
      await platform.transaction(async (tx) => {
        const changed = await accounts.change(user.id, { passwordHash }, tx);
        if (changed === undefined) throw notFound('account');
        await sessions.endAll(user.id, tx);
        await revocations.note({ accountId: user.id, before: changed.generation }, tx);
      });
      await revocations.tell();
      return noContent();
    },
  }),
];
