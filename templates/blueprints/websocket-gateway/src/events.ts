import { z } from '@hometrip/runtime';

export const contracts = {
  'booking.confirmed': z.object({ bookingId: z.uuid(), guestId: z.uuid(), hostId: z.uuid().optional() }),
  'message.created': z.object({ messageId: z.uuid(), participants: z.array(z.uuid()) }),
};
