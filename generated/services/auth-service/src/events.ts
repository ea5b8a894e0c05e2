import { field, z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'user.erased': z.object({ userId: z.uuid() }),
  'user.registered': z.object({ userId: z.uuid(), email: z.email().max(254), displayName: field.text(80) }),
};
