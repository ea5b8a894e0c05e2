/** Guards of ownership: whoever it is none of the business of never gets to the handler. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineService, documentOf, entity, filtersOf, noContent, ok, ownedBy, route, z } from '../index.ts';
import { filterableOf } from '../repository/port.ts';
import { startService, type TestService } from '../testing/index.ts';

const [owner, friend, stranger] = [randomUUID(), randomUUID(), randomUUID()];
const diary = { id: 'd', owner, readers: [friend], text: 'Dear diary' };
const find = async (id: string): Promise<typeof diary | undefined> => (id === diary.id ? diary : undefined);
const Diary = z.object({ text: z.string() });
const params = z.object({ id: z.string() });
let handled: string[] = [];

const diaries = defineService({
  name: 'diary-service',
  version: '1.0.0',
  routes: () => [
    route.get('/diaries/:id', {
      params,
      record: ({ params }) => find(params.id),
      authorize: ownedBy(['owner', 'readers']),
      responses: { 200: Diary },
      handler: ({ record }) => ok({ text: record.text }),
    }),
    route.patch('/diaries/:id', {
      params,
      record: ({ params }) => find(params.id),
      authorize: ownedBy('owner'),
      body: z.strictObject({ text: z.string() }),
      responses: { 204: null },
      handler: ({ body }) => {
        handled.push(body.text);
        return noContent();
      },
    }),
    route.delete('/diaries/:id', {
      params,
      record: ({ params }) => find(params.id),
      authorize: ownedBy('owner', { otherwise: 403 }),
      responses: { 204: null },
      handler: () => noContent(),
    }),
    route.get('/titles/:id', {
      auth: 'public',
      params,
      record: ({ params }) => find(params.id),
      responses: { 200: Diary },
      handler: ({ record }) => ok({ text: record.text }),
    }),
  ],
});

let service: TestService;
beforeAll(async () => {
  service = await startService(diaries, { env: { LOG_LEVEL: 'silent' } });
});
afterAll(() => service.stop());
beforeEach(() => {
  handled = [];
});
const as = (id: string, ...roles: string[]) => service.as({ id, roles });

describe('a record that is somebody’s', () => {
  it.each<[string, () => ReturnType<typeof as>, read: number, change: number, remove: number]>([
    ['its owner', () => as(owner, 'guest'), 200, 204, 204],
    ['one of a list of users', () => as(friend, 'guest'), 200, 404, 403],
    ['anybody else', () => as(stranger, 'guest', 'host'), 404, 404, 403],
    ['an admin', () => as(stranger, 'admin'), 200, 204, 204],
    ['another service', () => as('booking-service', 'service'), 200, 204, 204],
  ])('answers %s', async (_, who, read, change, remove) => {
    const client = await who();
    expect((await client.get('/api/v1/diaries/d')).status).toBe(read);
    expect((await client.patch('/api/v1/diaries/d', { text: 'x' })).status).toBe(change);
    expect((await client.delete('/api/v1/diaries/d')).status).toBe(remove);
    expect(handled).toEqual(change === 204 ? ['x'] : []);
  });

  it('looks the same to a stranger as one that is not there, whatever they send', async () => {
    const client = await as(stranger, 'guest');
    const foreign = await client.patch('/api/v1/diaries/d', { nonsense: true });
    const missing = await client.patch('/api/v1/diaries/none', { nonsense: true });
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    expect([foreign.status, missing.status]).toEqual([404, 404]);
  });

  it('tells whoever is not signed in nothing', async () => {
    for (const id of ['d', 'none']) expect((await service.get(`/api/v1/diaries/${id}`)).status).toBe(401);
  });
});

it('a record of nobody in particular is for everybody, and 404 when it is not there', async () => {
  expect((await service.get('/api/v1/titles/d')).body).toEqual({ text: 'Dear diary' });
  expect((await service.get('/api/v1/titles/none')).status).toBe(404);
});

it('the document says whose a record must be', () => {
  const { paths } = documentOf(diaries) as { paths: Record<string, Record<string, Record<string, unknown>>> };
  expect(paths['/api/v1/diaries/{id}']?.['get']?.['x-mine']).toEqual(['owner', 'readers']);
  expect(paths['/api/v1/titles/{id}']?.['get']).not.toHaveProperty('x-mine');
});

it('a route with a rule for its record, but no record, is refused where it is declared', () => {
  const declare = () =>
    route.get('/diaries/:id', {
      params,
      authorize: ownedBy('owner' as never),
      responses: { 204: null },
      handler: () => noContent(),
    });
  expect(declare).toThrow(
    'GET /diaries/:id has a rule for its record (authorize), but no record: add record',
  );
});

it('a public route with rules for references is refused where it is declared: an anonymous caller owns nothing', () => {
  const declare = () =>
    route.post('/diaries', {
      auth: 'public',
      body: z.strictObject({ before: z.uuid() }),
      references: { before: { check: async () => {} } },
      responses: { 204: null },
      handler: () => noContent(),
    });
  expect(declare).toThrow('POST /diaries has rules for references, but its callers may be anonymous');
});

describe('filters of an entity', () => {
  const Trip = entity('Trip', {
    title: z.string().max(5),
    tags: z.array(z.string().max(3)).max(2),
    note: z.string().nullable(),
  });

  it('take what the fields take, a list by one of its values, and null never', () => {
    const filters = filtersOf(Trip, ['title', 'tags', 'note']);
    expect(filters.parse({ title: 'Alps', tags: 'ski' })).toEqual({ title: 'Alps', tags: 'ski' });
    for (const wrong of [{ title: 'Himalaya' }, { tags: ['ski'] }, { tags: 'long' }, { note: null }])
      expect(filters.safeParse(wrong).success).toBe(false);
  });

  it('are what the repository filters by', () => {
    expect(filterableOf<z.output<typeof Trip>>({ filterable: filtersOf(Trip, ['title']) })).toEqual([
      'title',
    ]);
  });
});
