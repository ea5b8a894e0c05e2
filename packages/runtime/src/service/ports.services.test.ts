import { expect, it } from 'vitest';
import { noContent, ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { startService } from '../testing/index.ts';
import { defineService } from './definition.ts';

const everything = defineService({
  name: 'everything-service',
  version: '1.0.0',
  needs: { database: 'documents', cache: true, pubsub: true, rateLimit: true, search: true },
  routes: ({ documents, cache, search, transaction }) => {
    const notes = documents.collection({ name: 'note', unique: [], indexes: [] });
    const found = search.index({ name: 'note', fields: { text: { type: 'text' } } });
    return [
      route.put('/notes/:id', {
        auth: 'public',
        body: z.strictObject({ text: z.string() }),
        responses: { 204: null },
        async handler({ params, body }) {
          const at = new Date(0).toISOString();
          await transaction((tx) =>
            notes.insert({ id: params['id'] ?? '', revision: 1, createdAt: at, updatedAt: at, ...body }, tx),
          );
          await cache.set(`note:${params['id']}`, body.text, { ttlMs: 60_000 });
          await found.upsert(params['id'] ?? '', 1, { text: body.text }, { visible: true });
          return noContent();
        },
      }),
      route.get('/notes/:id', {
        auth: 'public',
        responses: { 200: z.object({ stored: z.unknown(), cached: z.unknown(), found: z.number() }) },
        async handler({ params }) {
          const id = params['id'] ?? '';
          const { total } = await found.search({ text: 'helo' });
          const cached = await cache.get(`note:${id}`);
          return ok({ stored: (await notes.get(id))?.['text'], cached, found: total });
        },
      }),
    ];
  },
});

it('everything that a service needs is opened, checked and closed', async () => {
  const service = await startService(everything);
  try {
    expect((await service.put('/api/v1/notes/n1', { text: 'hello' })).status).toBe(204);
    expect((await service.get('/api/v1/notes/n1')).body).toEqual({
      stored: 'hello',
      cached: 'hello',
      found: 1,
    });
    const { status, body } = await service.get('/health/ready');
    expect([status, body.status, Object.values(body.checks)]).toEqual([
      200,
      'ready',
      expect.arrayContaining(['ok']),
    ]);
    expect(Object.keys(body.checks)).toContain('documents');
  } finally {
    await service.stop();
  }
});
