import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about reviews. */
const input = {
  bookingId: z.uuid(),
  listingId: z.uuid(),
  rating: z.int().min(1).max(5),
  body: field.text(20_000),
};

export const Review = entity('Review', {
  owner: z.uuid(),
  ...input,
});
export type Review = z.output<typeof Review>;

export const CreateReview = z.strictObject({ ...input }).meta({ id: 'CreateReview' });

export const UpdateReview = patchOf(z.strictObject(input)).meta({ id: 'UpdateReview' });

/** Lists take these as equality filters. */
export const ReviewFilters = filtersOf(Review, ['owner', 'bookingId', 'listingId', 'rating']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const reviewSortKeys = ['createdAt', 'updatedAt', 'rating'] as const;
