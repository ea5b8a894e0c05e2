import { z } from '@hometrip/runtime';

export const contracts = {
  'booking.confirmed': z.object({ bookingId: z.uuid(), owner: z.uuid() }),
  'message.created': z.object({ messageId: z.uuid(), participants: z.array(z.uuid()) }),
};
