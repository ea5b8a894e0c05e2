import { defineService } from '@hometrip/runtime';
import { createSockets, forwardEvents } from '@hometrip/runtime/gateway';
import { contracts } from './events.ts';
import { rooms } from './rooms.ts';

export const websocketGateway = defineService({
  name: 'websocket-gateway',
  version: '1.0.0',
  needs: { pubsub: true },
  calls: ['message-service'],
  contracts,
  routes: () => [],
  // Without subscriptions there is no bus to connect to.
  consumers:
    Object.keys(contracts).length === 0
      ? undefined
      : (platform) => forwardEvents(contracts, platform, { rooms }),
  upgrade: (platform) => createSockets(platform, { rooms }),
});
