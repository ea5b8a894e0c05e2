/** A whole service as a generated one is written, end to end: the promise that the templates rely on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  created,
  defineService,
  IdParams,
  listQuery,
  noContent,
  ok,
  on,
  ownedBy,
  page,
  route,
  sqlRepository,
  z,
  type Platform,
  type Repository,
} from './index.ts';
import { startService, type EventProbe, type TestService } from './testing/index.ts';

// src/wishlist/schema.ts
const Wishlist = z
  .object({
    id: z.uuid(),
    title: z.string().min(1).max(120),
    listingIds: z.array(z.uuid()),
    owner: z.uuid(),
    revision: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Wishlist' });
type Wishlist = z.infer<typeof Wishlist>;
const CreateWishlist = z.strictObject({
  title: z.string().min(1).max(120),
  listingIds: z.array(z.uuid()).default([]),
});
const UpdateWishlist = z
  .strictObject({ title: z.string().min(1).max(120), listingIds: z.array(z.uuid()) })
  .partial();
const WishlistFilters = z.object({ owner: z.uuid().optional(), title: z.string().optional() });

// src/wishlist/repository.ts
const wishlistRepository = ({ db }: Platform<'sql'>) =>
  sqlRepository<Wishlist>(db, {
    table: 'wishlist',
    sortable: ['createdAt', 'title'],
    filterable: ['owner', 'title'],
    lists: ['listingIds'],
  });

// src/wishlist/routes.ts
const wishlistRoutes = ({ wishlists, platform }: { wishlists: Repository<Wishlist>; platform: Platform }) => [
  route.get('/wishlists', {
    summary: 'List wishlists',
    tag: 'Wishlists',
    auth: 'user',
    query: listQuery({ filters: WishlistFilters, sortable: ['createdAt', 'title'] }),
    responses: { 200: page(Wishlist) },
    async handler({ query, user }) {
      return ok(await wishlists.list({ ...query, filters: { ...query.filters, owner: user.id } }));
    },
  }),
  route.post('/wishlists', {
    auth: 'user',
    body: CreateWishlist,
    responses: { 201: Wishlist },
    async handler({ body, user }) {
      const wishlist = await platform.transaction(async (tx) => {
        const inserted = await wishlists.insert({ ...body, owner: user.id }, tx);
        await platform.events.publish(
          'wishlist.created',
          { wishlistId: inserted.id, owner: inserted.owner },
          tx,
        );
        return inserted;
      });
      return created(wishlist, `/api/v1/wishlists/${wishlist.id}`);
    },
  }),
  route.get('/wishlists/:id', {
    params: IdParams,
    record: ({ params }) => wishlists.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Wishlist },
    handler: ({ record }) => ok(record),
  }),
  route.patch('/wishlists/:id', {
    params: IdParams,
    record: ({ params }) => wishlists.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdateWishlist,
    responses: { 200: Wishlist },
    async handler({ params, body, ifMatch }) {
      return ok(await wishlists.update(params.id, body, { revision: ifMatch }));
    },
  }),
  route.delete('/wishlists/:id', {
    params: IdParams,
    record: ({ params }) => wishlists.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: z.void() },
    async handler({ params, ifMatch }) {
      await wishlists.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];

// src/events.ts, src/consumers.ts
const contracts = {
  'wishlist.created': z.object({ wishlistId: z.uuid(), owner: z.uuid() }),
  'user.erased': z.object({ userId: z.uuid() }),
};
const consumers = (platform: Platform<'sql'>) => [
  on(contracts, 'user.erased', async ({ userId }, { tx, log }) => {
    await tx.deleteFrom('wishlist').where('owner', '=', userId).execute();
    log.info({ service: platform.name }, 'wishlists erased');
  }),
];

// src/service.ts
const wishlistService = defineService({
  name: 'wishlist-service',
  version: '1.0.0',
  needs: { database: 'sql' },
  calls: ['listing-service'],
  contracts,
  routes: (platform) => [...wishlistRoutes({ wishlists: wishlistRepository(platform), platform })],
  consumers,
});

// migrations/0001_create_wishlist.sql
const MIGRATION = `-- up
create table wishlist (
  id uuid primary key, title text not null, listing_ids uuid[] not null, owner uuid not null,
  revision integer not null, created_at timestamptz not null, updated_at timestamptz not null
);
-- down
drop table wishlist;
`;

let folder: string;
let service: TestService;
let events: EventProbe;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'example-'));
  writeFileSync(join(folder, '0001_create_wishlist.sql'), MIGRATION);
  service = await startService(wishlistService, { migrations: pathToFileURL(`${folder}/`) });
  events = await service.events('wishlist.created');
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true });
});

describe('wishlists', () => {
  it('are created, read, changed and deleted by their owner', async () => {
    const guest = await service.as({ roles: ['guest'] });
    const made = await guest.post('/api/v1/wishlists', { title: 'Lakes' });
    expect([made.status, made.headers.get('etag'), made.body.owner]).toEqual([201, '"1"', guest.userId]);
    const path = made.headers.get('location') ?? '';
    expect((await guest.get(path)).body).toEqual(made.body);
    const changed = await guest.patch(path, { title: 'Seas' }, { 'if-match': '"1"' });
    expect([changed.status, changed.body.title, changed.body.revision, changed.headers.get('etag')]).toEqual([
      200,
      'Seas',
      2,
      '"2"',
    ]);
    expect((await guest.patch(path, { title: 'Late' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await guest.get('/api/v1/wishlists')).body).toEqual({ items: [changed.body], nextCursor: null });
    expect((await guest.delete(path)).status).toBe(204);
    expect((await guest.get(path)).status).toBe(404);
  });

  it('do not exist for anybody else, but for admins', async () => {
    const [ann, bob, admin] = [
      await service.as(),
      await service.as(),
      await service.as({ roles: ['admin'] }),
    ];
    const path = (await ann.post('/api/v1/wishlists', { title: 'Lakes' })).headers.get('location') ?? '';
    const answers = await Promise.all([
      service.get(path),
      bob.get(path),
      bob.patch(path, { title: 'x' }),
      bob.delete(path),
      admin.get(path),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 404, 404, 200]);
    expect((await bob.get('/api/v1/wishlists')).body.items).toEqual([]);
  });

  it('page through without gaps', async () => {
    const guest = await service.as();
    for (const title of ['c', 'a', 'b']) await guest.post('/api/v1/wishlists', { title });
    const first = (await guest.get('/api/v1/wishlists?limit=2&sort=title')).body;
    const second = (
      await guest.get(`/api/v1/wishlists?limit=2&sort=title&cursor=${encodeURIComponent(first.nextCursor)}`)
    ).body;
    expect([...first.items, ...second.items].map(({ title }: Wishlist) => title)).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    expect((await guest.get('/api/v1/wishlists?cursor=forged')).status).toBe(400);
  });

  it('are announced once committed', async () => {
    const guest = await service.as();
    const { body } = await guest.post('/api/v1/wishlists', { title: 'Lakes' });
    const event = await events.waitFor('wishlist.created', ({ wishlistId }) => wishlistId === body.id);
    expect(event.payload).toEqual({ wishlistId: body.id, owner: guest.userId });
  });

  it('go when their owner goes', async () => {
    const guest = await service.as();
    const path = (await guest.post('/api/v1/wishlists', { title: 'Lakes' })).headers.get('location') ?? '';
    await events.publish('user.erased', { userId: guest.userId });
    await expect.poll(async () => (await guest.get(path)).status).toBe(404);
  });

  it('are ready while their database is, and say so', async () => {
    const { status, body } = await service.get('/health/ready');
    expect([status, body]).toEqual([200, { status: 'ready', checks: { database: 'ok', events: 'ok' } }]);
    expect((await service.get('/metrics')).body).toContain(
      'http_requests_total{method="POST",route="/api/v1/wishlists",status="201"}',
    );
    expect(Object.keys((await service.get('/openapi.json')).body.paths)).toEqual([
      '/api/v1/wishlists',
      '/api/v1/wishlists/{id}',
    ]);
  });
});
