import { z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'booking.cancelled': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    guestId: z.uuid(),
    reason: z.string().min(1).max(200),
  }),
  'booking.confirmed': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    guestId: z.uuid(),
    checkIn: z.iso.date(),
    checkOut: z.iso.date(),
  }),
  'booking.requested': z.object({
    bookingId: z.uuid(),
    listingId: z.uuid(),
    guestId: z.uuid(),
    checkIn: z.iso.date(),
    checkOut: z.iso.date(),
    total: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  'payment.failed': z.object({
    paymentId: z.uuid(),
    bookingId: z.uuid(),
    reason: z.string().min(1).max(200),
  }),
  'payment.succeeded': z.object({
    paymentId: z.uuid(),
    bookingId: z.uuid(),
    amount: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
};
