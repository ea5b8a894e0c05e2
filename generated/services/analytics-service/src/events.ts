import { field, z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'booking.cancelled': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    reason: field.text(200),
  }),
  'booking.confirmed': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    checkIn: field.day(),
    checkOut: field.day(),
  }),
  'listing.created': z.object({ listingId: z.uuid(), owner: z.uuid(), title: field.text(120) }),
  'payment.succeeded': z.object({
    paymentId: z.uuid(),
    bookingId: z.uuid(),
    amount: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  'review.created': z.object({
    reviewId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    rating: z.int().min(1).max(5),
  }),
  'user.registered': z.object({ userId: z.uuid(), email: z.email().max(254), displayName: field.text(80) }),
};
