import { IdParams, notFound, ok, route } from '@hometrip/runtime';
import { managedView } from '../accounts.ts';
import { administer } from '../administration.ts';
import { type AuthPlatform, authOf } from '../opened.ts';
import { AccountList, AccountQuery, ManagedAccount, RoleChange } from '../schema.ts';

const shared = { tag: 'Administration', auth: 'admin', params: IdParams } as const;

export const adminRoutes = (platform: AuthPlatform) => [
  route.get('/auth/accounts', {
    summary: 'Find the account of an e-mail address',
    tag: 'Administration',
    operationId: 'findAccounts',
    auth: 'admin',
    query: AccountQuery,
    responses: { 200: AccountList },
    async handler({ query }) {
      const found = await authOf(platform).accounts.find(query.email);
      if (found === undefined) return ok({ items: [] });
      const { passwordHash: _, ...account } = found;
      return ok({ items: [managedView(account)] });
    },
  }),

  route.get('/auth/accounts/:id', {
    ...shared,
    summary: 'Show an account',
    operationId: 'getAccount',
    responses: { 200: ManagedAccount },
    async handler({ params }) {
      const account = await authOf(platform).accounts.get(params.id);
      if (account === undefined) throw notFound('account');
      return ok(managedView(account));
    },
  }),

  route.put('/auth/accounts/:id/roles', {
    ...shared,
    summary: 'Say what an account may do',
    description:
      'Access tokens with the old roles stop working at once; the next refresh gives one with the new roles. The last admin stays one.',
    operationId: 'setRoles',
    body: RoleChange,
    responses: { 200: ManagedAccount },
    problems: [404, 409],
    async handler({ params, body, user }) {
      return ok(
        managedView(await administer(platform, { admin: user.id }, params.id, { roles: body.roles })),
      );
    },
  }),

  route.put('/auth/accounts/:id/suspension', {
    ...shared,
    summary: 'Suspend an account',
    description:
      'Signing in to it is refused, its sessions end, and its access tokens stop working before the answer comes. The last admin cannot be suspended.',
    operationId: 'suspendAccount',
    responses: { 200: ManagedAccount },
    problems: [404, 409],
    async handler({ params, user }) {
      return ok(managedView(await administer(platform, { admin: user.id }, params.id, { suspended: true })));
    },
  }),

  route.delete('/auth/accounts/:id/suspension', {
    ...shared,
    summary: 'Lift the suspension of an account',
    operationId: 'liftSuspension',
    responses: { 200: ManagedAccount },
    problems: [404],
    async handler({ params, user }) {
      return ok(managedView(await administer(platform, { admin: user.id }, params.id, { suspended: false })));
    },
  }),
];
