import { field, z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'listing.created': z.object({ listingId: z.uuid(), owner: z.uuid(), title: field.text(120) }),
  'listing.deleted': z.object({ listingId: z.uuid() }),
  'listing.updated': z.object({
    listingId: z.uuid(),
    owner: z.uuid(),
    title: field.text(120),
    status: field.text(20),
  }),
  'review.created': z.object({
    reviewId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    rating: z.int().min(1).max(5),
  }),
};
