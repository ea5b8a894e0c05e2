import { defineService } from '@hometrip/runtime';
import { calls } from './calls/index.ts';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { payments } from './payment/repository.ts';
import { paymentRoutes } from './payment/routes.ts';

export const paymentService = defineService({
  name: 'payment-service',
  version: '1.0.0',
  description: 'Money in and out',
  needs: { database: 'sql', events: true },
  calls,
  contracts,
  routes: (platform) => [...paymentRoutes({ payments: payments(platform) })],
  consumers,
});
