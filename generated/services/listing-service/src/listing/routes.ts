import {
  created,
  IdParams,
  listQuery,
  noContent,
  ok,
  ownedBy,
  page,
  type Platform,
  type Repository,
  type Route,
  route,
  type Tx,
} from '@hometrip/runtime';
import type { calls } from '../calls/index.ts';
import type { contracts } from '../events.ts';
import { CreateListing, Listing, ListingFilters, listingSortKeys, UpdateListing } from './schema.ts';

interface Dependencies {
  readonly listings: Repository<Listing, Tx>;
  readonly platform: Platform<'sql', typeof contracts, typeof calls>;
}

/** Listings: everyone may read; signed-in users may create; the owner may change and delete. */
export const listingRoutes = ({ listings, platform }: Dependencies): Route[] => [
  route.get('/listings', {
    summary: 'List listings',
    tag: 'Listings',
    auth: 'public',
    query: listQuery({ filters: ListingFilters, sortable: listingSortKeys }),
    responses: { 200: page(Listing) },
    async handler({ query }) {
      return ok(await listings.list(query));
    },
  }),

  route.post('/listings', {
    summary: 'Create a listing',
    tag: 'Listings',
    auth: 'user',
    idempotencyKey: true,
    body: CreateListing,
    responses: { 201: Listing },
    async handler({ body, user }) {
      const listing = await platform.transaction(async (tx) => {
        const inserted = await listings.insert({ ...body, owner: user.id }, tx);
        await platform.events.publish(
          'listing.created',
          { listingId: inserted.id, owner: inserted.owner, title: inserted.title },
          tx,
        );
        return inserted;
      });
      return created(listing, `/api/v1/listings/${listing.id}`);
    },
  }),

  route.get('/listings/:id', {
    summary: 'Get a listing',
    tag: 'Listings',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => listings.get(params.id),
    responses: { 200: Listing },
    async handler({ record: listing }) {
      return ok(listing);
    },
  }),

  route.patch('/listings/:id', {
    summary: 'Change a listing',
    tag: 'Listings',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => listings.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    body: UpdateListing,
    responses: { 200: Listing },
    async handler({ params, body, ifMatch }) {
      const listing = await platform.transaction(async (tx) => {
        const updated = await listings.update(params.id, body, { revision: ifMatch }, tx);
        await platform.events.publish(
          'listing.updated',
          { listingId: updated.id, owner: updated.owner, title: updated.title, status: updated.status },
          tx,
        );
        return updated;
      });
      return ok(listing);
    },
  }),

  route.delete('/listings/:id', {
    summary: 'Delete a listing',
    tag: 'Listings',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => listings.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    responses: { 204: null },
    async handler({ params, ifMatch, record: listing }) {
      await platform.transaction(async (tx) => {
        await listings.delete(params.id, { revision: ifMatch }, tx);
        await platform.events.publish('listing.deleted', { listingId: listing.id }, tx);
      });
      return noContent();
    },
  }),
];
