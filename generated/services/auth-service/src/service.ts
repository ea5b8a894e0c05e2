import { defineService } from '@hometrip/runtime';
import { startAuth } from './auth/background.ts';
import { authRoutes } from './auth/routes.ts';
import { authTasks } from './auth/tasks.ts';
import { contracts } from './events.ts';

export const authService = defineService({
  name: 'auth-service',
  version: '1.0.0',
  needs: { database: 'sql', events: true, cache: true, pubsub: true, rateLimit: true },
  contracts,
  routes: (platform) => [...authRoutes(platform)],
  start: startAuth,
  tasks: (platform) => [...authTasks(platform)],
});
