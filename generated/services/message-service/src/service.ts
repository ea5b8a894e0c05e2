import { defineService } from '@hometrip/runtime';
import { calls } from './calls/index.ts';
import { conversations } from './conversation/repository.ts';
import { conversationRoutes } from './conversation/routes.ts';
import { contracts } from './events.ts';
import { messages } from './message/repository.ts';
import { messageRoutes } from './message/routes.ts';

export const messageService = defineService({
  name: 'message-service',
  version: '1.0.0',
  description: 'Guests and hosts talk',
  needs: { database: 'documents', events: true },
  calls,
  contracts,
  routes: (platform) => [
    ...conversationRoutes({ conversations: conversations(platform) }),
    ...messageRoutes({ messages: messages(platform), conversations: conversations(platform), platform }),
  ],
});
