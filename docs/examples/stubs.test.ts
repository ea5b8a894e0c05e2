import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { CallError, defineService, ok, route, z } from '@hometrip/runtime';
import { startService, stubService } from '@hometrip/runtime/testing';
import { userService } from '../../generated/services/booking-service/src/calls/user-service.ts';

const greetingService = defineService({
  name: 'greeting-service',
  version: '1.0.0',
  calls: [userService],
  routes: ({ calls }) => [
    route.get('/greetings/:id', {
      auth: 'public',
      params: z.object({ id: z.uuid() }),
      responses: { 200: z.string() },
      async handler({ params }) {
        const profile = await calls.userService.getProfile(params).catch((error: unknown) => {
          if (error instanceof CallError && error.answer.status === 404) return undefined;
          throw error;
        });
        return ok(profile === undefined ? 'Good morning' : `Good morning, ${profile.displayName}`);
      },
    }),
  ],
});

// #region stub
it('greets by name, and also those without a profile', async () => {
  const document = new URL('../../generated/services/user-service/openapi.json', import.meta.url);
  const id = randomUUID();
  const now = new Date().toISOString();
  const ada = {
    ...{ id, owner: id, displayName: 'Ada', bio: null, avatarUrl: null, languages: ['en'], host: false },
    ...{ revision: 1, createdAt: now, updatedAt: now },
  };
  const users = await stubService('user-service', document, {
    'GET /api/v1/profiles/:id': ({ params }) => (params['id'] === id ? { body: ada } : { status: 404 }),
  });
  await using service = await startService(greetingService, { stubs: [users] });

  expect((await service.get(`/api/v1/greetings/${id}`)).body).toBe('Good morning, Ada');
  expect((await service.get(`/api/v1/greetings/${randomUUID()}`)).body).toBe('Good morning');
  expect(users.requests).toHaveLength(2);
});
// #endregion
