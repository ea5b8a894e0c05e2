import { defineService, ok, route, run, z } from '@hometrip/runtime';

const Greeting = z.object({ text: z.string() });

export const greetingService = defineService({
  name: 'greeting-service',
  version: '1.0.0',
  routes: () => [
    route.get('/greetings/:name', {
      auth: 'public',
      params: z.object({ name: z.string().max(80) }),
      responses: { 200: Greeting },
      handler: async ({ params }) => ok({ text: `Hello ${params.name}` }),
    }),
  ],
});

if (import.meta.main) await run(greetingService);
