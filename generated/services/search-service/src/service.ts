import { defineService } from '@hometrip/runtime';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { places } from './place/repository.ts';
import { placeRoutes } from './place/routes.ts';

export const searchService = defineService({
  name: 'search-service',
  version: '1.0.0',
  description: 'Finds homes and places',
  needs: { database: 'documents', events: true, cache: true, pubsub: true, rateLimit: true },
  contracts,
  routes: (platform) => [...placeRoutes({ places: places(platform) })],
  consumers,
});
