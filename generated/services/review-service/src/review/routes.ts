import {
  created,
  type DocumentTx,
  IdParams,
  listQuery,
  noContent,
  ok,
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

/** Reviews: everybody may read; anybody who is signed in may create; the owner may change and delete. */
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
        const review = await reviews.insert({ ...body, owner: user.id }, tx);
        await platform.events.publish(
          'review.created',
          { reviewId: review.id, listingId: review.listingId, owner: review.owner, rating: review.rating },
          tx,
        );
        return review;
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
    mine: 'owner',
    readable: true,
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
    mine: 'owner',
    readable: true,
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await reviews.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
