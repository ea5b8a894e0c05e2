import { randomBytes, randomUUID } from 'node:crypto';
import { defineService, noContent, type PubSub, route } from '@hometrip/runtime';
import { startService, type TestClient, type TestService } from '@hometrip/runtime/testing';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authOf } from '../src/auth/opened.ts';
import type { AuthTables } from '../src/auth/tables.ts';
import { newcomer } from '../src/auth/schema.ts';
import { roles } from '../src/roles.ts';
import { authService } from '../src/service.ts';

const base = '/api/v1/auth';
const password = 'correct horse battery';
const pubsub = `memory:${randomUUID()}`;

/** Any other service of the stack. */
const notes = defineService({
  name: 'note-service',
  version: '1.0.0',
  routes: () => [route.post('/notes', { responses: { 204: null }, handler: () => noContent() })],
});

let replicas: [TestService, TestService];
let note: TestService;
beforeAll(async () => {
  const env = {
    AUTH_SIGNING_KEY: randomBytes(32).toString('base64url'),
    AUTH_ISSUER: 'test',
    AUTH_AUDIENCE: 'test',
    PUBSUB_URL: pubsub,
  };
  const first = await startService(authService, {
    migrations: new URL('../migrations/', import.meta.url),
    env: { ...env, INSTANCE_ID: 'auth-service#1' },
  });
  const { DATABASE_URL, EVENTS_URL } = first.platform.env;
  const second = await startService(authService, {
    env: { ...env, DATABASE_URL, EVENTS_URL, INSTANCE_ID: 'auth-service#2' },
  });
  replicas = [first, second];
  note = await startService(notes, { env: { PUBSUB_URL: pubsub } });
});
afterAll(async () => {
  await note.stop();
  await replicas[1].stop();
  await replicas[0].stop();
});

const db = () => (replicas[0].platform as unknown as { db: Kysely<AuthTables> }).db;
interface Person {
  readonly id: string;
  readonly email: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  readonly generation: number;
}
const claimsOf = (accessToken: string) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] as string, 'base64url').toString()) as {
    sub: string;
    sid: string;
    gen: number;
  };
const personOf = (email: string, tokens: { accessToken: string; refreshToken: string }): Person => {
  const { sub: id, sid: sessionId, gen: generation } = claimsOf(tokens.accessToken);
  return { id, email, sessionId, generation, refreshToken: tokens.refreshToken };
};
const register = async (): Promise<Person> => {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const { body } = await replicas[0].post(`${base}/register`, { email, password, displayName: 'Ada' });
  return personOf(email, body);
};
const signIn = async (email: string, secret = password): Promise<Person> =>
  personOf(email, (await replicas[1].post(`${base}/login`, { email, password: secret })).body);
/** With a token as the issuer gives it, though signed with the key that services under test believe. */
const as = (service: TestService, person: Person): Promise<TestClient> => service.as(person);
const write = async (person: Person): Promise<number> =>
  (await (await as(note, person)).post('/api/v1/notes')).status;
const admin = async (): Promise<TestClient> => {
  const person = await register();
  await db()
    .updateTable('account')
    .set({ roles: [newcomer, 'admin'] })
    .where('id', '=', person.id)
    .execute();
  return replicas[1].as({ id: person.id, roles: ['admin'], generation: 99 });
};

describe('after the answer, no other service accepts the tokens of before, when', () => {
  const acts: [string, (person: Person) => Promise<{ status: number }>][] = [
    ['the account is suspended', async ({ id }) => (await admin()).put(`${base}/accounts/${id}/suspension`)],
    [
      'its roles change',
      async ({ id }) => (await admin()).put(`${base}/accounts/${id}/roles`, { roles: ['admin'] }),
    ],
    ['it is erased', async (person) => (await as(replicas[0], person)).delete(`${base}/me`)],
    ['it signs out everywhere', async (person) => (await as(replicas[0], person)).delete(`${base}/sessions`)],
    ['it signs out', ({ refreshToken }) => replicas[0].post(`${base}/logout`, { refreshToken })],
    [
      'its password changes',
      async (person) =>
        (await as(replicas[0], person)).post(`${base}/password`, {
          currentPassword: password,
          newPassword: 'a new long password',
        }),
    ],
    [
      'a spent refresh token comes back',
      async ({ refreshToken }) => {
        await replicas[0].post(`${base}/refresh`, { refreshToken });
        await replicas[1].post(`${base}/refresh`, { refreshToken });
        return { status: 200 };
      },
    ],
  ];
  it.each(acts)('%s', async (_, act) => {
    const [person, bystander] = [await register(), await register()];
    expect(await write(person)).toBe(204);
    expect((await act(person)).status).toBeLessThan(300);
    expect([await write(person), await write(bystander)]).toEqual([401, 204]);
    // The issuer itself is no exception.
    expect((await (await as(replicas[1], person)).get(`${base}/me`)).status).toBe(401);
  });
});

describe('what goes on', () => {
  it('when roles change: the session, with a new token', async () => {
    const person = await register();
    await (await admin()).put(`${base}/accounts/${person.id}/roles`, { roles: [...roles] });
    const { status, body } = await replicas[0].post(`${base}/refresh`, { refreshToken: person.refreshToken });
    expect([status, body.account.roles]).toEqual([200, [...roles]]);
    expect(await write(personOf(person.email, body))).toBe(204);
  });

  it('when one device signs out: the others', async () => {
    const phone = await register();
    const laptop = await signIn(phone.email);
    await replicas[0].post(`${base}/logout`, { refreshToken: phone.refreshToken });
    expect([await write(phone), await write(laptop)]).toEqual([401, 204]);
  });

  it('after a new password, in the same second: whoever signs in with it', async () => {
    const person = await register();
    const newPassword = 'a new long password';
    await (await as(replicas[0], person)).post(`${base}/password`, {
      currentPassword: password,
      newPassword,
    });
    expect(await write(await signIn(person.email, newPassword))).toBe(204);
  });

  it('after a suspension was lifted: whoever signs in again', async () => {
    const person = await register();
    const client = await admin();
    await client.put(`${base}/accounts/${person.id}/suspension`);
    await client.delete(`${base}/accounts/${person.id}/suspension`);
    expect([await write(person), await write(await signIn(person.email))]).toEqual([401, 204]);
  });
});

describe('while the pub/sub is away', () => {
  /** It takes nothing, from either replica, until it is `back`. */
  function away(): { back(): void } {
    const [first, second] = replicas.map(
      ({ platform }) => (platform as unknown as { pubsub: PubSub }).pubsub,
    ) as [PubSub, PubSub];
    const appends = [first.append, second.append] as const;
    first.append = second.append = () => Promise.reject(new Error('away'));
    return {
      back() {
        [first.append, second.append] = appends;
      },
    };
  }

  it('a suspension is committed and says that it was not told yet; it is told without another request', async () => {
    const person = await register();
    const client = await admin();
    const line = away();
    try {
      const { status, body, headers } = await client.put(`${base}/accounts/${person.id}/suspension`);
      expect([status, body.code, Number(headers.get('retry-after')) > 0]).toEqual([
        503,
        'revocation-pending',
        true,
      ]);
      expect([await write(person), (await replicas[0].post(`${base}/refresh`, person)).status]).toEqual([
        204, 422,
      ]);
    } finally {
      line.back();
    }
    await expect.poll(() => write(person), { timeout: 10_000 }).toBe(401);
  });

  it('the same request again waits until it is told', async () => {
    const person = await register();
    const client = await admin();
    const line = away();
    const suspend = () => client.put(`${base}/accounts/${person.id}/suspension`);
    expect((await suspend()).status).toBe(503);
    line.back();
    expect([(await suspend()).status, await write(person)]).toEqual([200, 401]);
  });
});

it('what was committed by a replica that died before it could tell is told by another one', async () => {
  const person = await register();
  // All that is left of it.
  await db()
    .insertInto('revocation')
    .values({
      id: randomUUID(),
      accountId: person.id,
      sessionId: null,
      beforeGeneration: 1,
      until: sql<Date>`now() + interval '16 minutes'`,
      toldAt: null,
    })
    .execute();
  await expect.poll(() => write(person), { timeout: 10_000 }).toBe(401);
});

it('what is over is forgotten', async () => {
  await db().updateTable('revocation').set({ until: sql<Date>`now() - interval '1 second'` }).execute();
  const left = async () => (await db().selectFrom('revocation').select('id').execute()).length;
  await expect.poll(left, { timeout: 10_000 }).toBe(0);
  expect(authOf(replicas[0].platform as never)).toBeDefined();
});
