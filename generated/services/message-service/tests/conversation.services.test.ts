import { randomUUID } from 'node:crypto';
import { startService, type TestClient, type TestService } from '@hometrip/runtime/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageService } from '../src/service.ts';

const path = '/api/v1/conversations';

let service: TestService;
let owner: TestClient;
let stranger: TestClient;
let admin: TestClient;

beforeAll(async () => {
  service = await startService(messageService);
});

afterAll(() => service?.stop());

// Each test has people of its own.
beforeEach(async () => {
  owner = await service.as();
  stranger = await service.as();
  admin = await service.as({ roles: ['admin'] });
});

/** A valid body. */
async function valid() {
  return { participants: [randomUUID()], subject: 'Subject' };
}

describe('conversations', () => {
  it('are created', async () => {
    const body = await valid();
    const reply = await owner.post(path, body);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`${path}/${reply.body.id}`);
    expect(reply.headers.get('etag')).toBe('"1"');
    expect(reply.body).toMatchObject({ ...body, owner: owner.userId, revision: 1 });
  });

  it('are refused when something is wrong with them, naming what', async () => {
    const reply = await owner.post(path, { ...(await valid()), surprise: true });
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.body).toMatchObject({ code: 'validation-failed', status: 422 });
    expect((await owner.post(path, {})).status).toBe(422);
  });

  it('are listed in pages, each once', async () => {
    const ids = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      ids.add((await owner.post(path, await valid())).body.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await admin.get(`${path}?limit=2&sort=createdAt${query}`);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...ids].every((id) => seen.includes(id))).toBe(true);
  });

  it('are filtered by equality, by known fields only', async () => {
    const { body } = await owner.post(path, await valid());
    const query = `limit=100&owner=${encodeURIComponent(body.owner)}`;
    const { body: found } = await admin.get(`${path}?${query}`);
    expect(found.items).toContainEqual(body);
    expect(found.items.every((one: typeof body) => one.owner === body.owner)).toBe(true);
    expect((await admin.get(`${path}?surprise=1`)).status).toBe(422);
  });

  it('are read, and not sent again while they are unchanged', async () => {
    const { body } = await owner.post(path, await valid());
    const reply = await owner.get(`${path}/${body.id}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(body);
    expect((await owner.get(`${path}/${body.id}`, { 'if-none-match': '"1"' })).status).toBe(304);
    expect((await owner.get(`${path}/${randomUUID()}`)).status).toBe(404);
  });

  it('are changed by who has read the latest revision', async () => {
    const { body } = await owner.post(path, await valid());
    const change = { participants: [randomUUID()] };
    const reply = await owner.patch(`${path}/${body.id}`, change, { 'if-match': '"1"' });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ ...change, revision: 2 });
    expect(reply.headers.get('etag')).toBe('"2"');
    expect((await owner.patch(`${path}/${body.id}`, change, { 'if-match': '"1"' })).status).toBe(412);
    expect((await owner.patch(`${path}/${body.id}`, {})).status).toBe(422);
  });

  it('are out of reach for everybody else', async () => {
    const { body } = await owner.post(path, await valid());
    const changes = { participants: body.participants };
    expect((await service.post(path, await valid())).status).toBe(401);
    expect((await service.get(`${path}/${body.id}`)).status).toBe(401);
    expect((await stranger.get(`${path}/${body.id}`)).status).toBe(404);
    expect((await service.patch(`${path}/${body.id}`, changes)).status).toBe(401);
    expect((await stranger.patch(`${path}/${body.id}`, changes)).status).toBe(404);
    expect((await service.delete(`${path}/${body.id}`)).status).toBe(401);
    expect((await stranger.delete(`${path}/${body.id}`)).status).toBe(404);
  });

  it('show everybody their own', async () => {
    const { body } = await owner.post(path, await valid());
    expect((await owner.get(path)).body.items).toEqual([body]);
    expect((await stranger.get(path)).body.items).toEqual([]);
    expect((await admin.get(`${path}/${body.id}`)).status).toBe(200);
  });

  it('are deleted', async () => {
    const { body } = await owner.post(path, await valid());
    expect((await owner.delete(`${path}/${body.id}`, { 'if-match': '"7"' })).status).toBe(412);
    expect((await owner.delete(`${path}/${body.id}`)).status).toBe(204);
    expect((await owner.get(`${path}/${body.id}`)).status).toBe(404);
  });
});
