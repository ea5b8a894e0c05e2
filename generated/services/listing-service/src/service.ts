import { defineService } from '@hometrip/runtime';
import { blockedDates } from './blocked-date/repository.ts';
import { blockedDateRoutes } from './blocked-date/routes.ts';
import { calls } from './calls/index.ts';
import { contracts } from './events.ts';
import { listings } from './listing/repository.ts';
import { listingRoutes } from './listing/routes.ts';
import { photos } from './photo/repository.ts';
import { photoRoutes } from './photo/routes.ts';

export const listingService = defineService({
  name: 'listing-service',
  version: '1.0.0',
  description: 'Homes that can be booked',
  needs: { database: 'sql', events: true, cache: true, pubsub: true, rateLimit: true },
  calls,
  contracts,
  routes: (platform) => [
    ...listingRoutes({ listings: listings(platform), platform }),
    ...photoRoutes({ photos: photos(platform), listings: listings(platform) }),
    ...blockedDateRoutes({ blockedDates: blockedDates(platform), listings: listings(platform) }),
  ],
});
