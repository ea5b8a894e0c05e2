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
  'message.created': z.object({ messageId: z.uuid(), conversationId: z.uuid(), owner: z.uuid() }),
  'payment.failed': z.object({
    paymentId: z.uuid(),
    bookingId: z.uuid(),
    reason: z.string().min(1).max(200),
  }),
  'user.registered': z.object({
    userId: z.uuid(),
    email: z.email().max(254),
    displayName: z.string().min(1).max(80),
  }),
};
