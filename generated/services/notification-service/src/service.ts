import { defineService } from '@hometrip/runtime';
import { calls } from './calls/index.ts';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { notifications } from './notification/repository.ts';
import { notificationRoutes } from './notification/routes.ts';

export const notificationService = defineService({
  name: 'notification-service',
  version: '1.0.0',
  description: 'Tells people what concerns them',
  needs: { database: 'documents', events: true },
  calls,
  contracts,
  routes: (platform) => [...notificationRoutes({ notifications: notifications(platform) })],
  consumers,
});
