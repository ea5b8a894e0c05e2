import { field, z } from '@hometrip/runtime';

/** The events that this service publishes or consumes, by name. services.yaml declares them for all services. */
export const contracts = {
  'listing.created': z.object({ listingId: z.uuid(), owner: z.uuid(), title: field.text(120) }),
  'listing.deleted': z.object({ listingId: z.uuid() }),
  'listing.updated': z.object({
    listingId: z.uuid(),
    owner: z.uuid(),
    title: field.text(120),
    status: field.text(20),
  }),
};
