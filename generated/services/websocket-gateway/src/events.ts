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
  'message.created': z.object({ messageId: z.uuid(), conversationId: z.uuid(), owner: z.uuid() }),
};
