/** The contestants. Each is started as a process of its own: `node servers.ts <name>` prints its address. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, defineService, entity, listQuery, ok, page, route, start, z } from '@hometrip/runtime';
import { testIssuer, tokenFor } from '@hometrip/runtime/testing';

const item = {
  id: '01980000-0000-7000-8000-000000000001',
  title: 'Attic by the lake',
  owner: '01980000-0000-7000-8000-000000000002',
  revision: 3,
  createdAt: '2026-07-01T10:00:00.000Z',
  updatedAt: '2026-07-01T10:00:00.000Z',
};
const items = Array.from({ length: 3 }, () => item);

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const contestants: Readonly<Record<string, () => Promise<{ url: string; token?: string }>>> = {
  /** What the platform cannot beat. */
  'node:http': async () => ({
    url: await serve((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items, nextCursor: null }));
    }),
  }),
  /** A bare handler: no token, no validation, no metrics, no log. */
  express: async () => {
    // @ts-expect-error: its types are the runtime's own dependency.
    const { default: express } = await import('express');
    const app = express();
    app.get('/api/v1/wishlists', (_: unknown, response: { json(body: unknown): void }) => {
      response.json({ items, nextCursor: null });
    });
    return { url: await serve(app as unknown as RequestListener) };
  },
  /** Token, roles, query validation, projection, metrics, trace context, access log, security headers. */
  runtime: async () => {
    const { createVerifier } = await import('@hometrip/runtime');
    const Wishlist = entity('Wishlist', { title: z.string(), owner: z.uuid() });
    const service = defineService({
      name: 'wishlist-service',
      version: '1.0.0',
      routes: () => [
        route.get('/wishlists', {
          query: listQuery({
            filters: z.object({ title: z.string().optional() }),
            sortable: ['createdAt', 'title'],
          }),
          responses: { 200: page(Wishlist) },
          handler: () => ok({ items, nextCursor: null }),
        }),
      ],
    });
    const verifier = createVerifier({ ...(await testIssuer()), clock: { now: Date.now } });
    const log = createLogger({ service: 'wishlist-service', instance: 'wishlist-service#1' });
    const { url } = await start(service, { env: {}, verifier, log });
    return { url, token: await tokenFor({ roles: ['guest'] }) };
  },
};

const contestant = contestants[process.argv[2] ?? ''];
if (contestant === undefined) throw new Error(`name one of ${Object.keys(contestants).join(', ')}`);
// Its own stream: standard output is where a service logs.
process.send?.(await contestant());
process.on('disconnect', () => process.exit());
process.on('message', () => process.send?.(process.cpuUsage()));
