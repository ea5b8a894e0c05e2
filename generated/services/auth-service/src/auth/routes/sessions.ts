import { conflict, created, noContent, ok, route } from '@hometrip/runtime';
import { type AuthPlatform, authOf } from '../opened.ts';
import { decoyHash, hashPassword, verifyPassword } from '../passwords.ts';
import { refused } from '../refused.ts';
import { Credentials, Refresh, Registration, Tokens } from '../schema.ts';

export const sessionRoutes = (platform: AuthPlatform) => [
  route.post('/auth/register', {
    summary: 'Create an account and sign in',
    tag: 'Accounts',
    operationId: 'register',
    auth: 'public',
    body: Registration,
    responses: { 201: Tokens },
    problems: [409, 429],
    async handler({ body, raw }) {
      const { accounts, networkOf, sessions, throttle } = authOf(platform);
      const network = networkOf(raw);
      // The answer tells whether the address has an account: a caller that asks for many has to wait.
      await throttle.probe(network);
      const passwordHash = await hashPassword(body.password);
      const account = await platform.transaction(async (tx) => {
        const account = await accounts.create(
          { email: body.email, displayName: body.displayName, passwordHash },
          tx,
        );
        if (account === undefined)
          throw conflict('This e-mail address has an account already: sign in instead.', 'email-taken');
        await platform.events.publish(
          'user.registered',
          { userId: account.id, email: account.email, displayName: account.displayName },
          tx,
        );
        return account;
      });
      await throttle.probed(network);
      await throttle.remember(account.id, network);
      const tokens = await sessions.start(account);
      if (tokens === undefined) throw refused();
      return created(tokens, '/api/v1/auth/me');
    },
  }),

  route.post('/auth/login', {
    summary: 'Sign in',
    tag: 'Sessions',
    operationId: 'login',
    auth: 'public',
    body: Credentials,
    responses: { 200: Tokens },
    problems: [401, 429],
    async handler({ body, raw }) {
      const { accounts, networkOf, sessions, throttle } = authOf(platform);
      const network = networkOf(raw);
      const found = await accounts.find(body.email);
      // The same questions with and without an account, so that the answer takes as long.
      const device = await sessions.deviceOf(body.refreshToken, found?.id);
      const isKnownNetwork = await throttle.knows(found?.id ?? noAccount, network);
      const guess = { email: body.email, network, device, known: device !== undefined || isKnownNetwork };
      await throttle.attempt(guess);
      const matches = await verifyPassword(body.password, found?.passwordHash ?? decoyHash);
      if (found === undefined || !matches || found.suspended) throw refused();
      await throttle.succeeded(guess);
      await throttle.remember(found.id, network);
      const tokens = await sessions.start(found);
      if (tokens === undefined) throw refused();
      return ok(tokens);
    },
  }),

  route.post('/auth/refresh', {
    summary: 'Exchange a refresh token for new tokens',
    description: 'A refresh token works once. Sending a spent one ends the whole session.',
    tag: 'Sessions',
    operationId: 'refresh',
    auth: 'public',
    body: Refresh,
    responses: { 200: Tokens },
    problems: [401],
    async handler({ body }) {
      return ok(await authOf(platform).sessions.refresh(body.refreshToken));
    },
  }),

  route.post('/auth/logout', {
    summary: 'End the session of a refresh token',
    description: 'Its access tokens stop working too.',
    tag: 'Sessions',
    operationId: 'logout',
    auth: 'public',
    body: Refresh,
    responses: { 204: null },
    async handler({ body }) {
      await authOf(platform).sessions.end(body.refreshToken);
      return noContent();
    },
  }),

  route.delete('/auth/sessions', {
    summary: 'End every session of the account',
    description: 'On all devices, this one included; every access token of the account stops working.',
    tag: 'Sessions',
    operationId: 'logoutEverywhere',
    responses: { 204: null },
    async handler({ user }) {
      const { accounts, revocations, sessions } = authOf(platform);
      await platform.transaction(async (tx) => {
        const account = await accounts.change(user.id, {}, tx);
        if (account === undefined) return;
        await sessions.endAll(user.id, tx);
        await revocations.note({ accountId: user.id, before: account.generation }, tx);
      });
      await revocations.tell();
      return noContent();
    },
  }),
];

/** The id of no account. */
const noAccount = '00000000-0000-0000-0000-000000000000';
