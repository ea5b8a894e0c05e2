import { randomBytes } from 'node:crypto';
import { startService, type TestService } from '@hometrip/runtime/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthPlatform, authOf } from '../src/auth/opened.ts';
import { Sessions } from '../src/auth/sessions.ts';
import { readSigningKeys } from '../src/auth/signing-keys.ts';
import type { AuthTables } from '../src/auth/tables.ts';
import { newcomer } from '../src/auth/schema.ts';
import { authService } from '../src/service.ts';

const env = {
  AUTH_SIGNING_KEY: randomBytes(32).toString('base64url'),
  AUTH_ISSUER: 'https://hometrip.test',
  AUTH_AUDIENCE: 'hometrip-test',
};
const ada = { email: 'Ada@example.com', password: 'correct horse battery', displayName: 'Ada' };
const base = '/api/v1/auth';

let service: TestService;
beforeAll(async () => {
  service = await startService(authService, { migrations: new URL('../migrations/', import.meta.url), env });
});
afterAll(() => service.stop());

const register = (account: object = {}) =>
  service.post(`${base}/register`, {
    ...ada,
    email: `${randomBytes(6).toString('hex')}@example.com`,
    ...account,
  });

describe('registering', () => {
  it('creates an account, signs in and says so to the other services', async () => {
    const probe = await service.events('user.registered');
    const { status, body } = await register({ displayName: 'Grace' });
    expect(status).toBe(201);
    expect(body.account).toMatchObject({ displayName: 'Grace', roles: [newcomer] });
    await probe.waitFor(
      'user.registered',
      (event) => event.userId === body.account.id && event.displayName === 'Grace',
    );
  });

  it('refuses an address that has an account, however it is spelled', async () => {
    await service.post(`${base}/register`, ada);
    const { status, body } = await service.post(`${base}/register`, { ...ada, email: 'ADA@EXAMPLE.COM' });
    expect([status, body.code]).toEqual([409, 'email-taken']);
  });

  it.each([
    ['a short password', { password: 'short' }, 'body.password'],
    ['no e-mail address', { email: 'ada' }, 'body.email'],
    ['a role of its own choice', { roles: ['admin'] }, 'body'],
  ])('refuses %s', async (_, wrong, path) => {
    const { status, body } = await register(wrong);
    expect(status).toBe(422);
    expect(body.errors[0].path).toContain(path);
  });

  it('never shows a password hash', async () => {
    expect(JSON.stringify((await register()).body)).not.toContain('argon2');
  });
});

describe('signing in', () => {
  it('gives an EdDSA access token that the published keys verify', async () => {
    const { body: registered } = await register({ email: 'lin@example.com' });
    const { status, body } = await service.post(`${base}/login`, {
      email: 'LIN@example.com',
      password: ada.password,
    });
    expect(status).toBe(200);
    const { body: jwks } = await service.get(`${base}/jwks`);
    const { payload, protectedHeader } = await jwtVerify(body.accessToken, createLocalJWKSet(jwks), {
      issuer: env.AUTH_ISSUER,
      audience: env.AUTH_AUDIENCE,
    });
    expect(protectedHeader.alg).toBe('EdDSA');
    expect(payload).toMatchObject({ sub: registered.account.id, roles: [newcomer] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  it('publishes no private key', async () => {
    const { body } = await service.get(`${base}/jwks`);
    expect(Object.keys(body.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('answers alike for a wrong password and an address without account', async () => {
    await register({ email: 'mary@example.com' });
    const wrong = await service.post(`${base}/login`, {
      email: 'mary@example.com',
      password: 'not the password',
    });
    const unknown = await service.post(`${base}/login`, {
      email: 'nobody@example.com',
      password: 'not the password',
    });
    const { requestId: _, ...first } = wrong.body;
    const { requestId: __, ...second } = unknown.body;
    expect(wrong.status).toBe(401);
    expect(first).toEqual(second);
  });
});

it('a session does not begin on a password that was changed meanwhile', async () => {
  const { body } = await register();
  const { db, env: settings } = service.platform as unknown as { db: Kysely<AuthTables>; env: typeof env };
  const sessions = new Sessions({
    db,
    revocations: authOf(service.platform as AuthPlatform).revocations,
    keys: readSigningKeys(settings.AUTH_SIGNING_KEY),
    issuer: settings.AUTH_ISSUER,
    audience: settings.AUTH_AUDIENCE,
  });
  const account = { ...body.account, suspended: false, generation: 0 };
  expect(await sessions.start(account)).toMatchObject({ tokenType: 'Bearer' });
  await (await service.as({ id: body.account.id })).post(`${base}/password`, {
    currentPassword: ada.password,
    newPassword: 'a new long password',
  });
  expect(await sessions.start(account)).toBeUndefined();
});

it('sessions that ended long ago are forgotten at the next sign-in', async () => {
  const { body } = await register({ email: 'often@example.com' });
  const { db } = service.platform as unknown as { db: Kysely<AuthTables> };
  const signIn = () => service.post(`${base}/login`, { email: 'often@example.com', password: ada.password });
  const sessions = async () =>
    (await db.selectFrom('session').select('id').where('accountId', '=', body.account.id).execute()).length;
  await signIn();
  expect(await sessions()).toBe(2);
  await db
    .updateTable('refreshToken')
    .set({ expiresAt: sql<Date>`now() - interval '1 second'` })
    .where('sessionId', 'in', (query) =>
      query.selectFrom('session').select('id').where('accountId', '=', body.account.id),
    )
    .execute();
  await signIn();
  expect(await sessions()).toBe(1);
});

describe('refresh tokens', () => {
  const refresh = (refreshToken: string) => service.post(`${base}/refresh`, { refreshToken });

  it('work once', async () => {
    const { body: first } = await register();
    const { status, body: second } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await refresh(first.refreshToken)).status).toBe(401);
  });

  it('end the whole session when a spent one comes back', async () => {
    const { body: first } = await register();
    const { body: second } = await refresh(first.refreshToken);
    await refresh(first.refreshToken);
    expect((await refresh(second.refreshToken)).status).toBe(401);
  });

  it('let exactly one of two simultaneous uses through', async () => {
    const { body } = await register();
    const answers = await Promise.all([refresh(body.refreshToken), refresh(body.refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('stop working after signing out', async () => {
    const { body } = await register();
    expect((await service.post(`${base}/logout`, { refreshToken: body.refreshToken })).status).toBe(204);
    expect((await refresh(body.refreshToken)).status).toBe(401);
  });
});

describe('the own account', () => {
  it('is shown to its owner and to nobody without a token', async () => {
    const { body } = await register({ displayName: 'Alan' });
    const alan = await service.as({ id: body.account.id });
    expect((await alan.get(`${base}/me`)).body.displayName).toBe('Alan');
    expect((await service.get(`${base}/me`)).status).toBe(401);
  });

  it('gets a new password against the old one, and all sessions end', async () => {
    const { body } = await register({ email: 'kay@example.com' });
    const kay = await service.as({ id: body.account.id });
    expect(
      (
        await kay.post(`${base}/password`, {
          currentPassword: 'wrong one',
          newPassword: 'a new long password',
        })
      ).status,
    ).toBe(401);
    expect(
      (
        await kay.post(`${base}/password`, {
          currentPassword: ada.password,
          newPassword: 'a new long password',
        })
      ).status,
    ).toBe(204);
    expect((await service.post(`${base}/refresh`, { refreshToken: body.refreshToken })).status).toBe(401);
    expect(
      (await service.post(`${base}/login`, { email: 'kay@example.com', password: 'a new long password' }))
        .status,
    ).toBe(200);
  });

  it('is erased with its sessions, and the other services hear of it', async () => {
    const probe = await service.events('user.erased');
    const { body } = await register({ email: 'gone@example.com' });
    const user = await service.as({ id: body.account.id });
    expect((await user.delete(`${base}/me`)).status).toBe(204);
    await probe.waitFor('user.erased', (event) => event.userId === body.account.id);
    // With pub/sub the token has ended; without it goes on, and there is nothing left to erase.
    expect([204, 401]).toContain((await user.delete(`${base}/me`)).status);
    expect(
      (await service.post(`${base}/login`, { email: 'gone@example.com', password: ada.password })).status,
    ).toBe(401);
  });
});
