import {
  created,
  IdParams,
  listQuery,
  noContent,
  ok,
  ownedBy,
  ownedRecord,
  page,
  type Repository,
  type Route,
  route,
  type Tx,
} from '@hometrip/runtime';
import type { Listing } from '../listing/schema.ts';
import { CreatePhoto, Photo, PhotoFilters, photoSortKeys, UpdatePhoto } from './schema.ts';

interface Dependencies {
  readonly photos: Repository<Photo, Tx>;
  readonly listings: Repository<Listing, Tx>;
}

/** Photos: everyone may read; signed-in users may create; the owner may change and delete. listingId must refer to a listing whose owner is the caller. */
export const photoRoutes = ({ photos, listings }: Dependencies): Route[] => [
  route.get('/photos', {
    summary: 'List photos',
    tag: 'Photos',
    auth: 'public',
    query: listQuery({ filters: PhotoFilters, sortable: photoSortKeys }),
    responses: { 200: page(Photo) },
    async handler({ query }) {
      return ok(await photos.list(query));
    },
  }),

  route.post('/photos', {
    summary: 'Create a photo',
    description: 'listingId must refer to a listing whose owner is the caller.',
    tag: 'Photos',
    auth: 'user',
    idempotencyKey: true,
    body: CreatePhoto,
    references: { listingId: ownedRecord(listings) },
    responses: { 201: Photo },
    async handler({ body, user }) {
      const photo = await photos.insert({ ...body, owner: user.id });
      return created(photo, `/api/v1/photos/${photo.id}`);
    },
  }),

  route.get('/photos/:id', {
    summary: 'Get a photo',
    tag: 'Photos',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => photos.get(params.id),
    responses: { 200: Photo },
    async handler({ record: photo }) {
      return ok(photo);
    },
  }),

  route.patch('/photos/:id', {
    summary: 'Change a photo',
    description: 'listingId must refer to a listing whose owner is the caller.',
    tag: 'Photos',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => photos.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    body: UpdatePhoto,
    references: { listingId: ownedRecord(listings) },
    responses: { 200: Photo },
    async handler({ params, body, ifMatch }) {
      const photo = await photos.update(params.id, body, { revision: ifMatch });
      return ok(photo);
    },
  }),

  route.delete('/photos/:id', {
    summary: 'Delete a photo',
    tag: 'Photos',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => photos.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await photos.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
