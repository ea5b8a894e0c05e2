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
import {
  BlockedDate,
  BlockedDateFilters,
  blockedDateSortKeys,
  CreateBlockedDate,
  UpdateBlockedDate,
} from './schema.ts';

interface Dependencies {
  readonly blockedDates: Repository<BlockedDate, Tx>;
  readonly listings: Repository<Listing, Tx>;
}

/** Blocked dates: everyone may read; signed-in users may create; the owner may change and delete. listingId must refer to a listing whose owner is the caller. */
export const blockedDateRoutes = ({ blockedDates, listings }: Dependencies): Route[] => [
  route.get('/blocked-dates', {
    summary: 'List blocked dates',
    tag: 'Blocked dates',
    auth: 'public',
    query: listQuery({ filters: BlockedDateFilters, sortable: blockedDateSortKeys }),
    responses: { 200: page(BlockedDate) },
    async handler({ query }) {
      return ok(await blockedDates.list(query));
    },
  }),

  route.post('/blocked-dates', {
    summary: 'Create a blocked date',
    description: 'listingId must refer to a listing whose owner is the caller.',
    tag: 'Blocked dates',
    auth: 'user',
    idempotencyKey: true,
    body: CreateBlockedDate,
    references: { listingId: ownedRecord(listings) },
    responses: { 201: BlockedDate },
    async handler({ body, user }) {
      const blockedDate = await blockedDates.insert({ ...body, owner: user.id });
      return created(blockedDate, `/api/v1/blocked-dates/${blockedDate.id}`);
    },
  }),

  route.get('/blocked-dates/:id', {
    summary: 'Get a blocked date',
    tag: 'Blocked dates',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => blockedDates.get(params.id),
    responses: { 200: BlockedDate },
    async handler({ record: blockedDate }) {
      return ok(blockedDate);
    },
  }),

  route.patch('/blocked-dates/:id', {
    summary: 'Change a blocked date',
    description: 'listingId must refer to a listing whose owner is the caller.',
    tag: 'Blocked dates',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => blockedDates.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    body: UpdateBlockedDate,
    references: { listingId: ownedRecord(listings) },
    responses: { 200: BlockedDate },
    async handler({ params, body, ifMatch }) {
      const blockedDate = await blockedDates.update(params.id, body, { revision: ifMatch });
      return ok(blockedDate);
    },
  }),

  route.delete('/blocked-dates/:id', {
    summary: 'Delete a blocked date',
    tag: 'Blocked dates',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => blockedDates.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await blockedDates.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
