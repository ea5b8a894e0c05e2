import { defineService } from '@hometrip/runtime';
import { bookings } from './booking/repository.ts';
import { bookingRoutes } from './booking/routes.ts';
import { calls } from './calls/index.ts';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';

export const bookingService = defineService({
  name: 'booking-service',
  version: '1.0.0',
  description: 'Stays, held and confirmed',
  needs: { database: 'sql', events: true },
  calls,
  callPolicies: {
    'user-service': { timeoutMs: 1000, attempts: 2 },
  },
  contracts,
  routes: (platform) => [...bookingRoutes({ bookings: bookings(platform) })],
  consumers,
});
