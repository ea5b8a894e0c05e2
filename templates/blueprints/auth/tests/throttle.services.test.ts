import { randomBytes } from 'node:crypto';
import { startService, type TestService } from '@hometrip/runtime/testing';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthTables } from '../src/auth/tables.ts';
import { authService } from '../src/service.ts';

const base = '/api/v1/auth';
const password = 'correct horse battery';
const wrong = 'not the password';

let replicas: [TestService, TestService];
beforeAll(async () => {
  const env = {
    AUTH_SIGNING_KEY: randomBytes(32).toString('base64url'),
    AUTH_ISSUER: 'test',
    AUTH_AUDIENCE: 'test',
    // The tests speak as the gateway does.
    TRUSTED_PROXIES: '127.0.0.1',
  };
  const first = await startService(authService, {
    migrations: new URL('../migrations/', import.meta.url),
    env,
  });
  const { DATABASE_URL, EVENTS_URL } = first.platform.env;
  const second = await startService(authService, { env: { ...env, DATABASE_URL, EVENTS_URL } });
  replicas = [first, second];
});
afterAll(async () => {
  await replicas[1].stop();
  await replicas[0].stop();
});

const db = () => (replicas[0].platform as unknown as { db: Kysely<AuthTables> }).db;
/** As if so much of every allowance had been used that it will be whole again in this time. */
const spend = (time: string) =>
  db()
    .updateTable('signInAllowance')
    .set({ fullAt: sql<Date>`now() + ${time}::interval` })
    .execute();
beforeEach(() => db().deleteFrom('signInAllowance').execute());

let turn = 0;
const from = (address: string) => ({ 'x-forwarded-for': address });
const login = (email: string, address: string, attempt: { password?: string; refreshToken?: string } = {}) =>
  (replicas[turn++ % 2] as TestService).post(`${base}/login`, { email, password, ...attempt }, from(address));
const guess = (email: string, address: string) => login(email, address, { password: wrong });
const register = async (address: string) => {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const { body } = await replicas[0].post(
    `${base}/register`,
    { email, password, displayName: 'Ada' },
    from(address),
  );
  return { email, refreshToken: body.refreshToken as string };
};
const home = '203.0.113.7';
const counted = (answers: readonly { status: number }[]) => ({
  tried: answers.filter(({ status }) => status === 401).length,
  refused: answers.filter(({ status }) => status === 429).length,
});
const address = (index: number) => `198.51.${index >> 8}.${index & 255}`;

describe('the owner gets in', () => {
  it('from elsewhere, while somebody guesses from one address', async () => {
    const { email } = await register(home);
    const answers = [];
    for (let index = 0; index < 30; index++) answers.push(await guess(email, '198.51.100.1'));
    expect(counted(answers)).toEqual({ tried: 10, refused: 20 });
    expect((await login(email, '192.0.2.55')).status).toBe(200);
  });

  it('from where they signed in before, after 1,000 guesses from 200 addresses at two replicas; 50 of them were tried', async () => {
    const { email } = await register(home);
    const answers: { status: number }[] = [];
    const guesses = Array.from({ length: 1_000 }, (_, index) => index).values();
    const guesser = async () => {
      for (const index of guesses) answers.push(await guess(email, address(index % 200)));
    };
    await Promise.all(Array.from({ length: 20 }, guesser));
    expect(counted(answers)).toEqual({ tried: 50, refused: 950 });
    expect((await login(email, home)).status).toBe(200);
    expect((await login(email, '192.0.2.56')).status).toBe(429);
  });

  it('from a device that has signed in before, wherever it is, also beside somebody who guesses', async () => {
    const { email, refreshToken } = await register(home);
    await db().deleteFrom('signInAllowance').execute();
    await guess(email, address(1));
    await spend('9 hours');
    for (let index = 0; index < 10; index++) expect((await guess(email, home)).status).toBe(401);
    expect((await login(email, home)).status).toBe(429);
    expect((await login(email, home, { refreshToken })).status).toBe(200);
    expect((await login(email, '192.0.2.57', { refreshToken })).status).toBe(200);
  });

  it('after some wrong guesses of their own, which the right password forgives', async () => {
    const { email } = await register(home);
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 6; index++) expect((await guess(email, home)).status).toBe(401);
      expect((await login(email, home)).status).toBe(200);
    }
  });
});

describe('somebody who guesses', () => {
  it('hears how long to wait, the same for an address without account', async () => {
    const { email } = await register(home);
    for (const guessed of [email, 'nobody@example.com']) {
      for (let index = 0; index < 10; index++)
        expect((await guess(guessed, '198.51.100.2')).status).toBe(401);
      const { status, headers } = await guess(guessed, '198.51.100.2');
      const wait = Number(headers.get('retry-after'));
      expect([status, wait > 0 && wait <= 300]).toEqual([429, true]);
    }
  });

  it('cannot show the device of another account', async () => {
    const [own, other] = [await register(home), await register(home)];
    await guess(other.email, address(1));
    await spend('9 hours');
    const answer = await login(other.email, '192.0.2.58', {
      password: wrong,
      refreshToken: own.refreshToken,
    });
    expect(answer.status).toBe(429);
  });

  it('gets no more by asking at the same moment', async () => {
    const { email } = await register(home);
    const answers = await Promise.all(Array.from({ length: 40 }, () => guess(email, '198.51.100.3')));
    expect(counted(answers)).toEqual({ tried: 10, refused: 30 });
  });

  it('at many accounts from one network gets 100 at once', async () => {
    await guess('person@example.com', '2001:db8:1:2::1');
    // 98 of them.
    await spend('49 minutes');
    const answers = [];
    for (let index = 0; index < 5; index++)
      answers.push(await guess(`person${index}@example.com`, `2001:db8:1:2::${index.toString(16)}`));
    expect(counted(answers)).toEqual({ tried: 2, refused: 3 });
  });

  it('does not get further with X-Forwarded-For of their own', async () => {
    const answers = [];
    for (let index = 0; index < 12; index++)
      answers.push(await guess('forged@example.com', `${address(index)}, 198.51.100.4`));
    expect(counted(answers)).toEqual({ tried: 10, refused: 2 });
  });
});

it('asking which addresses have an account, by registering them, is slowed down; registering is not', async () => {
  const { email } = await register(home);
  const asked = [];
  const body = { email, password, displayName: 'Eve' };
  await spend('49 minutes');
  for (let index = 0; index < 6; index++)
    asked.push((await replicas[0].post(`${base}/register`, body, from(home))).status);
  expect(asked).toEqual([409, 409, 429, 429, 429, 429]);
});

it('what is over is forgotten', async () => {
  const { email } = await register(home);
  await guess(email, home);
  await db().updateTable('signInAllowance').set({ fullAt: sql<Date>`now() - interval '1 second'` }).execute();
  await db().updateTable('knownAddress').set({ seenAt: sql<Date>`now() - interval '91 days'` }).execute();
  const { authOf } = await import('../src/auth/opened.ts');
  await authOf(replicas[0].platform as never).throttle.forget();
  const left = await Promise.all([
    db().selectFrom('signInAllowance').selectAll().execute(),
    db().selectFrom('knownAddress').selectAll().execute(),
  ]);
  expect(left).toEqual([[], []]);
});
