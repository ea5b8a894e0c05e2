import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

export async function start(_, backend) {
  const app = fastify({ logger: false });
  app.register(proxy, { upstream: backend });
  return await app.listen({ port: 0, host: '127.0.0.1' });
}
