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
  'booking.requested': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    owner: z.uuid(),
    checkIn: field.day(),
    checkOut: field.day(),
    total: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  'payment.failed': z.object({ paymentId: z.uuid(), bookingId: z.uuid(), reason: field.text(200) }),
  'payment.succeeded': z.object({
    paymentId: z.uuid(),
    bookingId: z.uuid(),
    amount: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
};
