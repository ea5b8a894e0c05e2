import { randomBytes, randomUUID } from 'node:crypto';
import { runTask, type TaskOutcome } from '@hometrip/runtime';
import { startService, type TestClient, type TestService } from '@hometrip/runtime/testing';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuthTables } from '../src/auth/tables.ts';
import { newcomer } from '../src/auth/schema.ts';
import { roles } from '../src/roles.ts';
import { authService } from '../src/service.ts';

const base = '/api/v1/auth';
const password = 'correct horse battery';

let service: TestService;
beforeAll(async () => {
  service = await startService(authService, {
    migrations: new URL('../migrations/', import.meta.url),
    env: {
      AUTH_SIGNING_KEY: randomBytes(32).toString('base64url'),
      AUTH_ISSUER: 'test',
      AUTH_AUDIENCE: 'test',
      PUBSUB_URL: `memory:${randomUUID()}`,
    },
  });
});
afterAll(() => service.stop());

interface Person {
  readonly id: string;
  readonly email: string;
  readonly refreshToken: string;
}
const register = async (): Promise<Person> => {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const { body } = await service.post(`${base}/register`, { email, password, displayName: 'Ada' });
  return { id: body.account.id, email, refreshToken: body.refreshToken };
};
const db = () => (service.platform as unknown as { db: Kysely<AuthTables> }).db;
const task = (...args: string[]): Promise<TaskOutcome> =>
  runTask(authService, ['admin', ...args], {
    env: { ...service.platform.env, TASK_OPERATOR: 'root' },
    processMetrics: false,
    log: service.platform.log,
  });
const admin = async (): Promise<Person & { readonly client: TestClient }> => {
  const person = await register();
  await task('grant', person.email);
  return { ...person, client: await service.as({ id: person.id, roles: ['admin'], generation: 99 }) };
};
const suspension = ({ id }: Person) => `${base}/accounts/${id}/suspension`;

describe('the task admin', () => {
  it('makes an account admin, lists it, and takes it back; sessions go on with new tokens', async () => {
    const [first, second] = [await register(), await register()];
    expect(await task('grant', first.email)).toMatchObject({
      ok: true,
      result: { changed: true, account: { id: first.id, roles: [newcomer, 'admin'] } },
    });
    const { body } = await service.post(`${base}/refresh`, { refreshToken: first.refreshToken });
    expect(body.account.roles).toEqual([newcomer, 'admin']);
    expect(await task('grant', first.email.toUpperCase())).toMatchObject({ result: { changed: false } });
    expect(await task('grant', second.email)).toMatchObject({ result: { changed: true } });
    expect(await task('list')).toMatchObject({
      result: { admins: expect.arrayContaining([expect.objectContaining({ email: second.email })]) },
    });
    expect(await task('revoke', first.email)).toMatchObject({
      result: { changed: true, account: { roles: [newcomer] } },
    });
    expect(await task('revoke', first.email)).toMatchObject({ result: { changed: false } });
  });

  it.each([
    ['an address that nobody registered', ['grant', 'nobody@example.com'], 'unknown-account'],
    ['no address', ['grant'], 'usage'],
    ['something else', ['promote', 'ada@example.com'], 'usage'],
    ['too much', ['grant', 'ada@example.com', 'lin@example.com'], 'usage'],
  ])('refuses %s', async (_, args, code) => {
    expect(await task(...args)).toMatchObject({ ok: false, code });
  });
});

describe('an admin', () => {
  it('finds an account, suspends it and lifts that again', async () => {
    const [{ client }, person] = [await admin(), await register()];
    const found = await client.get(`${base}/accounts?email=${person.email.toUpperCase()}`);
    expect(found.body.items).toMatchObject([{ id: person.id, suspended: false }]);
    expect((await client.get(`${base}/accounts?email=nobody@example.com`)).body).toEqual({ items: [] });
    expect((await client.put(suspension(person))).body).toMatchObject({ id: person.id, suspended: true });
    const signIn = () => service.post(`${base}/login`, { email: person.email, password });
    expect((await signIn()).status).toBe(401);
    expect((await service.post(`${base}/refresh`, { refreshToken: person.refreshToken })).status).toBe(401);
    expect((await client.delete(suspension(person))).body).toMatchObject({ suspended: false });
    expect((await signIn()).status).toBe(200);
    expect((await client.get(`${base}/accounts/${person.id}`)).body).toMatchObject({ suspended: false });
  });

  it('changes roles', async () => {
    const [{ client }, person] = [await admin(), await register()];
    const { status, body } = await client.put(`${base}/accounts/${person.id}/roles`, {
      roles: [...roles],
    });
    expect([status, body.roles]).toEqual([200, [...roles]]);
  });

  it('takes no role that services.yaml does not declare', async () => {
    const [{ client }, person] = [await admin(), await register()];
    const { status } = await client.put(`${base}/accounts/${person.id}/roles`, { roles: ['of-yesterday'] });
    expect(status).toBe(422);
  });

  it('forgets a role that is not declared any more', async () => {
    const [{ client }, person] = [await admin(), await register()];
    await db()
      .updateTable('account')
      .set({ roles: ['of-yesterday'] })
      .where('id', '=', person.id)
      .execute();
    expect((await client.get(`${base}/accounts/${person.id}`)).body.roles).toEqual([newcomer]);
  });

  it('is what the account says, not what an old token says', async () => {
    const [{ client, email }, person] = [await admin(), await register()];
    await task('revoke', email);
    expect((await client.put(suspension(person))).status).toBe(403);
  });

  it('that nobody is: 403 on every route of administration', async () => {
    const person = await register();
    const user = await service.as({ id: person.id });
    const answers = [
      await user.get(`${base}/accounts?email=${person.email}`),
      await user.get(`${base}/accounts/${person.id}`),
      await user.put(`${base}/accounts/${person.id}/roles`, { roles: ['admin'] }),
      await user.put(suspension(person)),
      await user.delete(suspension(person)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('finds no account by an id of none', async () => {
    const { client } = await admin();
    expect((await client.get(`${base}/accounts/${randomUUID()}`)).status).toBe(404);
    expect((await client.put(`${base}/accounts/${randomUUID()}/suspension`)).status).toBe(404);
  });
});

describe('the last admin', () => {
  it('cannot be demoted, suspended or erased, by whatever way; two who demote each other at once leave one', async () => {
    const [one, two] = [await admin(), await admin()];
    await db()
      .updateTable('account')
      .set({ roles: [newcomer] })
      .where('id', 'not in', [one.id, two.id])
      .execute();
    const demote = (by: typeof one, whom: Person) =>
      by.client.put(`${base}/accounts/${whom.id}/roles`, { roles: [newcomer] });
    const answers = await Promise.all([demote(one, two), demote(two, one)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const last = answers[0]?.status === 200 ? one : two;
    const refused = [
      await demote(last, last),
      await last.client.put(suspension(last)),
      await last.client.delete(`${base}/me`),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      Array.from({ length: 3 }, () => [409, 'last-admin']),
    );
    expect(await task('revoke', last.email)).toMatchObject({ ok: false, code: 'last-admin' });
    expect((await last.client.get(`${base}/me`)).status).toBe(200);
  });
});
