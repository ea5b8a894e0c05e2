import { defineService } from '@hometrip/runtime';
import { consumers } from './consumers.ts';
import { contracts } from './events.ts';
import { reports } from './report/repository.ts';
import { reportRoutes } from './report/routes.ts';

export const analyticsService = defineService({
  name: 'analytics-service',
  version: '1.0.0',
  description: 'Counts what happens',
  needs: { database: 'documents', events: true },
  contracts,
  routes: (platform) => [...reportRoutes({ reports: reports(platform) })],
  consumers,
});
