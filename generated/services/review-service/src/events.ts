import { field, z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'booking.confirmed': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    checkIn: field.day(),
    checkOut: field.day(),
  }),
  'review.created': z.object({
    reviewId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    rating: z.int().min(1).max(5),
  }),
};
