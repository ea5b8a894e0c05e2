/** A bare handler. */
import Fastify from 'fastify';
import { page } from './shared.mjs';

export async function start() {
  const app = Fastify();
  app.get('/api/v1/wishlists', async () => page);
  return await app.listen({ port: 0, host: '127.0.0.1' });
}
