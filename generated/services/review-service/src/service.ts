import { defineService } from '@hometrip/runtime';
import { calls } from './calls/index.ts';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { reviews } from './review/repository.ts';
import { reviewRoutes } from './review/routes.ts';

export const reviewService = defineService({
  name: 'review-service',
  version: '1.0.0',
  description: 'What people say after a stay',
  needs: { database: 'documents', events: true },
  calls,
  contracts,
  routes: (platform) => [...reviewRoutes({ reviews: reviews(platform), platform })],
  consumers,
});
