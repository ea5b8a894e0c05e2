/** The tests that every entity has: its API, by role. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestClient, TestResponse } from '../client.ts';
import type { TestService } from '../service.ts';
import type { CrudOptions, Right, TestBody, TestUsers } from './options.ts';

export type { CrudOptions, OwnReference, Right, TestBody, TestUsers } from './options.ts';

/**
 * Tests the API of an entity with Vitest: that records are created, refused, listed, filtered, read, changed and deleted as they
 * should be, and for whom. Call it in a test file beside the cases that are this entity's own.
 * @param service From `startService`.
 */
export function testCrud(service: TestService, options: CrudOptions): void {
  const { name, path, access, owner, roles = [], change, atMost = Infinity } = options;
  let users: TestUsers;
  let n = 0;

  const newOwner = () => service.as({ roles });
  const valid = async (as = users): Promise<TestBody> => {
    n += 1;
    return await options.valid(as, n);
  };
  /** The client that has a right. */
  const holder = (right: Right): TestClient =>
    right === 'public'
      ? service
      : right === 'admin'
        ? users.admin
        : right === 'service'
          ? users.internal
          : users.owner;
  /** A client that sees the records of all owners. */
  const reader = (): TestClient => (access.read === 'owner' ? users.admin : holder(access.read));
  const create = async (): Promise<any> =>
    (
      await holder(access.create)
        .expecting(201)
        .post(path, await valid())
    ).body;
  const item = ({ id }: { readonly id: string }): string => `${path}/${id}`;
  /** As it is now. */
  const latest = async (record: { readonly id: string }): Promise<unknown> =>
    (await reader().expecting(200).get(item(record))).body;
  const changeOf = async (record: TestBody): Promise<TestBody> => {
    if (!isList(change)) return change ?? {};
    const next = await valid();
    return Object.fromEntries(change.map((field) => [field, next[field] ?? record[field]]));
  };

  beforeEach(async () => {
    users = {
      owner: await newOwner(),
      stranger: await service.as({ roles: [] }),
      admin: await service.as({ roles: ['admin'] }),
      internal: await service.as({ roles: ['service'] }),
    };
  });

  if (atMost < Infinity)
    afterEach(async () => {
      n = 0;
      const remover = access.delete === 'owner' ? users.admin : holder(access.delete);
      const { body } = await reader().get(`${path}?limit=100`);
      for (const record of body.items) await remover.delete(item(record));
    });

  describe(name, () => {
    it('are created', async () => {
      const body = await valid();
      const reply = await holder(access.create).expecting(201).post(path, body);
      const created = reply.body as { id: string };
      const byOwner = owner !== undefined && !['public', 'admin', 'service'].includes(access.create);
      expect(created).toMatchObject({
        ...body,
        ...(byOwner ? { [owner]: users.owner.userId } : {}),
        revision: 1,
      });
      expect(reply.headers.get('location')).toBe(item(created));
      expect(reply.headers.get('etag')).toBe('"1"');
    });

    it('are created once for one Idempotency-Key', async () => {
      const body = await valid();
      const key = { 'idempotency-key': randomUUID() };
      const client = holder(access.create);
      const first = await client.expecting(201).post(path, body, key);
      const again = await client.expecting(201).post(path, body, key);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    });

    it('are refused with a field that they do not have, which the problem names', async () => {
      const reply = await holder(access.create).post(path, { ...(await valid()), surprise: true });
      refuses(reply, 'body.surprise');
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
    });

    const { required = [], readOnly = {} } = options;
    if (required.length > 0)
      it(`are refused without ${enumeration(required, 'or')}, which the problem names`, async () => {
        const body = await valid();
        for (const field of required) {
          const reply = await holder(access.create).post(path, { ...body, [field]: undefined });
          refuses(reply, `body.${field}`);
        }
      });

    if (Object.keys(readOnly).length > 0)
      it(`are refused with ${enumeration(Object.keys(readOnly), 'or')}, which only the service sets`, async () => {
        const body = await valid();
        for (const [field, value] of Object.entries(readOnly)) {
          const reply = await holder(access.create).post(path, { ...body, [field]: value });
          refuses(reply, `body.${field}`);
        }
      });

    it('are listed in pages, each once', async () => {
      const count = Math.min(atMost, 3);
      const limit = Math.max(count - 1, 1);
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) {
        if (options.onePerOwner === true) users = { ...users, owner: await newOwner() };
        ids.push((await create()).id);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query = new URLSearchParams({ limit: String(limit), sort: 'createdAt' });
        if (cursor !== null) query.set('cursor', cursor);
        const { body }: TestResponse = await reader().expecting(200).get(`${path}?${query}`);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        seen.push(...body.items.map(({ id }: { id: string }) => id));
        cursor = body.nextCursor;
      } while (cursor !== null);
      expect(seen.length, 'no record stands on two pages').toBe(new Set(seen).size);
      expect(seen).toEqual(expect.arrayContaining(ids));
    });

    const filter = options.filter ?? owner;
    if (filter !== undefined)
      it(`are filtered by ${filter}`, async () => {
        const record = await create();
        const query = new URLSearchParams({ limit: '100', [filter]: String(record[filter]) });
        const { body }: TestResponse = await reader().expecting(200).get(`${path}?${query}`);
        expect(body.items).toContainEqual(record);
        expect(new Set(body.items.map((one: TestBody) => one[filter]))).toEqual(new Set([record[filter]]));
      });

    it('are not filtered by what they do not have', async () => {
      const record = await create();
      const { body }: TestResponse = await reader().expecting(200).get(`${path}?limit=100&sort=-createdAt`);
      expect(body.items).toContainEqual(record);
      refuses(await reader().get(`${path}?surprise=1`), 'query.surprise');
    });

    it('are read, and not sent again while they are unchanged', async () => {
      const record = await create();
      const client = holder(access.read);
      expect((await client.expecting(200).get(item(record))).body).toEqual(record);
      await client.expecting(304).get(item(record), { 'if-none-match': '"1"' });
      await client.expecting(404).get(item({ id: randomUUID() }));
    });

    if (change !== undefined)
      it('are changed by a caller that has the latest revision', async () => {
        const record = await create();
        const changes = await changeOf(record);
        const client = holder(access.update);
        const reply = await client.expecting(200).patch(item(record), changes, { 'if-match': '"1"' });
        expect(reply.body).toMatchObject({ ...changes, revision: 2 });
        expect(reply.headers.get('etag')).toBe('"2"');
        await client.expecting(412).patch(item(record), changes, { 'if-match': '"1"' });
        await client.expecting(422).patch(item(record), {});
      });

    it('are out of reach for all who may not have them', async () => {
      const record = await create();
      const changes = Object.fromEntries(
        (isList(change) ? change : Object.keys(change ?? {})).map((field) => [field, record[field]]),
      );
      const attempts: Attempt[] = [
        { verb: 'create', right: access.create, by: async (client) => client.post(path, await valid()) },
        { verb: 'list', right: access.read, by: (client) => client.get(path) },
        { verb: 'read', right: access.read, by: (client) => client.get(item(record)) },
        { verb: 'delete', right: access.delete, by: (client) => client.delete(item(record)) },
      ];
      if (change !== undefined)
        attempts.push({
          verb: 'change',
          right: access.update,
          by: (client) => client.patch(item(record), changes),
        });
      const readable = access.read === 'public' || access.read === 'user';
      for (const { verb, right, by } of attempts) {
        const expectAnswer = async (who: string, client: TestClient, status: number) => {
          const reply = await by(client);
          const told = `${who} may not ${verb} ${name}; the answer was ${JSON.stringify(reply.body)}`;
          expect(reply.status, told).toBe(status);
        };
        if (right === 'public') continue;
        await expectAnswer('an anonymous caller', service, 401);
        // Each user may list and create, and sees or creates their own.
        if (right === 'user' || (right === 'owner' && (verb === 'list' || verb === 'create'))) continue;
        await expectAnswer('a stranger', users.stranger, right === 'owner' && !readable ? 404 : 403);
        if (right === 'service') await expectAnswer('an admin', users.admin, 403);
      }
      if (change !== undefined) expect(await latest(record)).toEqual(record);
    });

    if (access.read === 'owner')
      it('are shown to their owners only, and to admins', async () => {
        const record = await create();
        expect((await users.owner.expecting(200).get(path)).body).toMatchObject({ items: [record] });
        expect((await users.stranger.expecting(200).get(path)).body).toMatchObject({ items: [] });
        await users.admin.expecting(200).get(item(record));
      });

    for (const [field, { checkedOn, members }] of Object.entries(options.references ?? {})) {
      const ofOther = async (): Promise<{ other: TestClient; foreign: unknown }> => {
        const other = await newOwner();
        return { other, foreign: (await valid({ ...users, owner: other }))[field] };
      };
      if (checkedOn.includes('create'))
        it(`are created with a ${field} that the caller owns, or by an admin`, async () => {
          const { foreign } = await ofOther();
          const reply = await users.owner.post(path, { ...(await valid()), [field]: foreign });
          refuses(reply, `body.${field}`, 403, 'foreign-reference');
          const none = { ...(await valid()), [field]: randomUUID() };
          refuses(await users.owner.post(path, none), `body.${field}`, 422, 'unknown-reference');
          await users.admin.expecting(201).post(path, { ...(await valid()), [field]: foreign });
        });
      if (checkedOn.includes('update'))
        it(`are changed to a ${field} that the caller owns only`, async () => {
          const { foreign } = await ofOther();
          const record = await create();
          const reply = await users.owner.patch(item(record), { [field]: foreign });
          refuses(reply, `body.${field}`, 403, 'foreign-reference');
          expect(await latest(record)).toEqual(record);
        });
      if (members !== undefined)
        it(`are created by ${members.field} of what ${field} refers to`, async () => {
          const other = await newOwner();
          const body = await valid();
          refuses(await other.post(path, body), `body.${field}`, 403, 'foreign-reference');
          const parent = `${members.path}/${String(body[field])}`;
          await users.owner.expecting(200).patch(parent, { [members.field]: [other.userId] });
          await other.expecting(201).post(path, body);
        });
    }

    it('are deleted by a caller that has the latest revision, and gone', async () => {
      const record = await create();
      const client = holder(access.delete);
      await client.expecting(412).delete(item(record), { 'if-match': '"7"' });
      await client.expecting(204).delete(item(record));
      await holder(access.read).expecting(404).get(item(record));
    });

    const { createdEvent } = options;
    if (createdEvent !== undefined)
      it(`are announced to other services: ${createdEvent.name}`, async () => {
        const probe = await service.events(createdEvent.name);
        const record = await create();
        await probe.waitFor(createdEvent.name, (payload: any) => payload[createdEvent.id] === record.id);
      });
  });
}

/** A request that may be out of reach. */
interface Attempt {
  readonly verb: string;
  readonly right: Right;
  by(client: TestClient): Promise<TestResponse>;
}

/** Asserts that an answer is a problem about one place in the request. */
function refuses(reply: TestResponse, where: string, status = 422, code = 'validation-failed'): void {
  expect({ status: reply.status, body: reply.body }).toMatchObject({
    status,
    body: { code, errors: expect.arrayContaining([expect.objectContaining({ path: where })]) },
  });
}

const isList = (change: CrudOptions['change']): change is readonly string[] => Array.isArray(change);

/** `a, b or c` */
const enumeration = (names: readonly string[], word: string): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
