import {
  created,
  type DocumentTx,
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
} from '@hometrip/runtime';
import type { calls } from '../calls/index.ts';
import type { contracts } from '../events.ts';
import { CreateReview, Review, ReviewFilters, reviewSortKeys, UpdateReview } from './schema.ts';

interface Dependencies {
  readonly reviews: Repository<Review, DocumentTx>;
  readonly platform: Platform<'documents', typeof contracts, typeof calls>;
}

/** Reviews: everyone may read; signed-in users may create; the owner may change and delete. */
export const reviewRoutes = ({ reviews, platform }: Dependencies): Route[] => [
  route.get('/reviews', {
    summary: 'List reviews',
    tag: 'Reviews',
    auth: 'public',
    query: listQuery({ filters: ReviewFilters, sortable: reviewSortKeys }),
    responses: { 200: page(Review) },
    async handler({ query }) {
      return ok(await reviews.list(query));
    },
  }),

  route.post('/reviews', {
    summary: 'Create a review',
    tag: 'Reviews',
    auth: 'user',
    idempotencyKey: true,
    body: CreateReview,
    responses: { 201: Review },
    problems: [409],
    async handler({ body, user }) {
      const review = await platform.transaction(async (tx) => {
        const inserted = await reviews.insert({ ...body, owner: user.id }, tx);
        await platform.events.publish(
          'review.created',
          {
            reviewId: inserted.id,
            listingId: inserted.listingId,
            owner: inserted.owner,
            rating: inserted.rating,
          },
          tx,
        );
        return inserted;
      });
      return created(review, `/api/v1/reviews/${review.id}`);
    },
  }),

  route.get('/reviews/:id', {
    summary: 'Get a review',
    tag: 'Reviews',
    auth: 'public',
    params: IdParams,
    record: ({ params }) => reviews.get(params.id),
    responses: { 200: Review },
    async handler({ record: review }) {
      return ok(review);
    },
  }),

  route.patch('/reviews/:id', {
    summary: 'Change a review',
    tag: 'Reviews',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => reviews.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    body: UpdateReview,
    responses: { 200: Review },
    problems: [409],
    async handler({ params, body, ifMatch }) {
      const review = await reviews.update(params.id, body, { revision: ifMatch });
      return ok(review);
    },
  }),

  route.delete('/reviews/:id', {
    summary: 'Delete a review',
    tag: 'Reviews',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => reviews.get(params.id),
    authorize: ownedBy('owner', { otherwise: 403 }),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await reviews.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
