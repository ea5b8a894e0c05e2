import {
  conflict,
  created,
  IdParams,
  noContent,
  notFound,
  ok,
  requireSetting,
  route,
  unauthorized,
  type Platform,
} from '@hometrip/runtime';
import type { Kysely } from 'kysely';
import { Accounts } from './accounts.ts';
import { decoyHash, hashPassword, verifyPassword } from './passwords.ts';
import {
  Account,
  Credentials,
  Jwks,
  PasswordChange,
  Refresh,
  Registration,
  RoleChange,
  Tokens,
} from './schema.ts';
import { Sessions } from './sessions.ts';
import { readSigningKeys } from './signing-keys.ts';
import type { AuthTables } from './tables.ts';
import { SignInThrottle } from './throttle.ts';

type AuthPlatform = Platform<'sql'>;

/** One answer for an unknown address, a wrong password and a suspended account: nobody learns which accounts exist. */
const refused = () => unauthorized('The e-mail address or the password is wrong.');

/** Opened with the first request, since routes are also listed for the documentation, with nothing opened. */
function openAuth(platform: AuthPlatform) {
  const db = platform.db as Kysely<AuthTables>;
  const keys = readSigningKeys(requireSetting(platform.env, 'AUTH_SIGNING_KEY'));
  return {
    keys,
    accounts: new Accounts(db),
    throttle: new SignInThrottle(db),
    sessions: new Sessions({
      db,
      keys,
      issuer: requireSetting(platform.env, 'AUTH_ISSUER'),
      audience: requireSetting(platform.env, 'AUTH_AUDIENCE'),
    }),
  };
}

export const authRoutes = (platform: AuthPlatform) => {
  let opened: ReturnType<typeof openAuth> | undefined;
  const auth = () => (opened ??= openAuth(platform));

  return [
    route.post('/auth/register', {
      summary: 'Create an account and sign in',
      tag: 'Accounts',
      operationId: 'register',
      auth: 'public',
      body: Registration,
      responses: { 201: Tokens },
      problems: [409],
      async handler({ body }) {
        const passwordHash = await hashPassword(body.password);
        const account = await platform.transaction(async (tx) => {
          const account = await auth().accounts.create(
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
        const tokens = await auth().sessions.start(account);
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
      async handler({ body }) {
        await auth().throttle.attempt(body.email);
        const found = await auth().accounts.findForSignIn(body.email);
        const matches = await verifyPassword(body.password, found?.passwordHash ?? decoyHash);
        if (found === undefined || !matches || found.suspended) throw refused();
        await auth().throttle.succeeded(body.email);
        const tokens = await auth().sessions.start(found.account);
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
        return ok(await auth().sessions.refresh(body.refreshToken));
      },
    }),

    route.post('/auth/logout', {
      summary: 'End the session of a refresh token',
      tag: 'Sessions',
      operationId: 'logout',
      auth: 'public',
      body: Refresh,
      responses: { 204: null },
      async handler({ body }) {
        await auth().sessions.end(body.refreshToken);
        return noContent();
      },
    }),

    route.get('/auth/me', {
      summary: 'The account that is signed in',
      tag: 'Accounts',
      operationId: 'getMe',
      responses: { 200: Account },
      async handler({ user }) {
        const account = await auth().accounts.get(user.id);
        if (account === undefined) throw notFound('account');
        return ok(account);
      },
    }),

    route.delete('/auth/me', {
      summary: 'Erase the account',
      tag: 'Accounts',
      operationId: 'eraseMe',
      responses: { 204: null },
      async handler({ user }) {
        await platform.transaction(async (tx) => {
          // An access token outlives its account for minutes: the news is told once.
          if (await auth().accounts.delete(user.id, tx))
            await platform.events.publish('user.erased', { userId: user.id }, tx);
        });
        return noContent();
      },
    }),

    route.post('/auth/password', {
      summary: 'Change the password; every session ends',
      tag: 'Accounts',
      operationId: 'changePassword',
      body: PasswordChange,
      responses: { 204: null },
      async handler({ body, user }) {
        const account = await auth().accounts.get(user.id);
        const found = account === undefined ? undefined : await auth().accounts.findForSignIn(account.email);
        if (found === undefined) throw notFound('account');
        await auth().throttle.attempt(found.account.email);
        if (!(await verifyPassword(body.currentPassword, found.passwordHash))) throw refused();
        await auth().throttle.succeeded(found.account.email);
        const passwordHash = await hashPassword(body.newPassword);
        await platform.transaction(async (tx) => {
          await auth().accounts.setPassword(user.id, passwordHash, tx);
          await auth().sessions.endAll(user.id, tx);
        });
        return noContent();
      },
    }),

    route.put('/auth/accounts/:id/roles', {
      summary: 'Say what an account may do',
      tag: 'Accounts',
      operationId: 'setRoles',
      auth: 'admin',
      params: IdParams,
      body: RoleChange,
      responses: { 200: Account },
      problems: [404],
      async handler({ params, body }) {
        const account = await auth().accounts.setRoles(params.id, body.roles);
        if (account === undefined) throw notFound('account');
        return ok(account);
      },
    }),

    route.get('/auth/jwks', {
      summary: 'Public keys that verify access tokens (RFC 7517)',
      tag: 'Keys',
      operationId: 'getJwks',
      auth: 'public',
      responses: { 200: Jwks },
      async handler() {
        return ok((await auth().keys).jwks as { keys: Record<string, unknown>[] }, {
          'cache-control': 'public, max-age=300',
        });
      },
    }),
  ];
};
