import { defineService } from '@hometrip/runtime';
import { createEdge } from '@hometrip/runtime/gateway';

export const apiGateway = defineService({
  name: 'api-gateway',
  version: '1.0.0',
  needs: { rateLimit: true },
  // Its routes are the services': see gateway/routes.json. A route that is declared here wins over those.
  routes: () => [],
  fallback: createEdge,
});
