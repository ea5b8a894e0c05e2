import { z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'message.created': z.object({ messageId: z.uuid(), conversationId: z.uuid(), owner: z.uuid() }),
};
