/** Fastify as its documentation has it: JSON schemas for query (Ajv) and response (fast-json-stringify), hooks, plugins. */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController } from 'fastify';
import pino from 'pino';
import {
  authenticator,
  contextOf,
  current,
  demandHost,
  found,
  LIMIT,
  logDestination,
  logOptions,
  observe,
  ORDERS,
  PROBLEM,
  problem,
  WINDOW_MS,
} from './shared.mjs';

const text = { type: 'string' };
const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    cursor: { type: 'string', minLength: 1, maxLength: 1024 },
    sort: { type: 'string', enum: ORDERS, default: '-createdAt' },
    title: text,
  },
};
const wishlist = {
  type: 'object',
  required: ['id', 'title', 'owner', 'revision', 'createdAt', 'updatedAt'],
  properties: {
    id: text,
    title: text,
    owner: text,
    revision: { type: 'integer' },
    createdAt: text,
    updatedAt: text,
  },
};
const wishlistPage = {
  type: 'object',
  required: ['items', 'nextCursor'],
  properties: { items: { type: 'array', items: wishlist }, nextCursor: { type: 'string', nullable: true } },
};

export async function start(identity) {
  const authenticate = authenticator(identity);
  const app = Fastify({
    loggerInstance: pino(logOptions, logDestination()),
    // One line for each request, written below, instead of two.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => '',
    // Unknown parameters are refused, not dropped.
    ajv: { customOptions: { removeAdditional: false } },
  });
  app.decorateRequest('context', null);
  app.decorateRequest('user', null);
  app.addHook('onRequest', (request, reply, done) => {
    request.context = contextOf(request.headers);
    reply.header('x-request-id', request.context.requestId);
    current.run(request.context, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url, user } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    observe(method, route, reply.statusCode, performance.now() - reply.elapsedTime);
    app.log.info(
      { method, route, url, status: reply.statusCode, ms: reply.elapsedTime, user: user?.id },
      'request',
    );
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const status = error.statusCode ?? error.status ?? 500;
    return reply
      .code(status)
      .type(PROBLEM)
      .send(problem(status, error.message, request.context.requestId));
  });
  await app.register(helmet);
  await app.register(rateLimit, { max: LIMIT, timeWindow: WINDOW_MS });
  app.get(
    '/api/v1/wishlists',
    {
      schema: { querystring, response: { 200: wishlistPage } },
      onRequest: async (request) => {
        request.user = await authenticate(request.headers.authorization);
        demandHost(request.user);
      },
    },
    async (request) => found(request.query),
  );
  return await app.listen({ port: 0, host: '127.0.0.1' });
}
