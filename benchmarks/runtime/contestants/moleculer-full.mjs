/** Moleculer as its documentation has it: the gateway's hooks, rate limit and logs, fastest-validator for the parameters. */
import helmet from 'helmet';
import { ServiceBroker } from 'moleculer';
import ApiGateway from 'moleculer-web';
import {
  addressOf,
  authenticator,
  contextOf,
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

/** Moleculer serialises what it gets; leaving columns out is up to the service. */
const declared = ({ id, title, owner, revision, createdAt, updatedAt }) => ({
  id,
  title,
  owner,
  revision,
  createdAt,
  updatedAt,
});

export async function start(identity) {
  const authenticate = authenticator(identity);
  const broker = new ServiceBroker({
    logger: { type: 'Pino', options: { pino: { options: logOptions, destination: logDestination() } } },
  });
  broker.createService({
    name: 'wishlists',
    actions: {
      list: {
        params: {
          $$strict: true,
          limit: { type: 'number', integer: true, min: 1, max: 100, convert: true, default: 20 },
          cursor: { type: 'string', min: 1, max: 1024, optional: true },
          sort: { type: 'enum', values: ORDERS, default: '-createdAt' },
          title: { type: 'string', optional: true },
        },
        handler(ctx) {
          const { items, nextCursor } = found(ctx.params);
          return { items: items.map(declared), nextCursor };
        },
      },
    },
  });
  const gateway = broker.createService({
    mixins: [ApiGateway],
    settings: {
      port: 0,
      ip: '127.0.0.1',
      // One line for each answer, none for the request and the call.
      logRequest: null,
      logRequestParams: null,
      use: [helmet(), measured],
      rateLimit: { window: WINDOW_MS, limit: LIMIT, headers: true },
      routes: [
        {
          path: '/api/v1',
          authentication: true,
          aliases: { 'GET /wishlists': 'wishlists.list' },
          // What is in `meta` goes along with every call of the request.
          onBeforeCall(ctx, _, request) {
            ctx.meta.trace = contextOf(request.headers);
          },
          onError(request, response, error) {
            const status = error.status ?? (error.code >= 400 && error.code < 600 ? error.code : 500);
            const requestId = request.$ctx.requestID;
            response.writeHead(status, { 'content-type': PROBLEM });
            response.end(JSON.stringify(problem(status, error.message, requestId)));
            this.logResponse(request, response);
          },
        },
      ],
    },
    methods: {
      async authenticate(_, __, request) {
        const user = await authenticate(request.headers.authorization);
        demandHost(user);
        return user;
      },
    },
  });
  await broker.start();
  return addressOf(gateway.server);
}

function measured(request, response, next) {
  const startedAt = performance.now();
  response.once('finish', () =>
    observe(request.method, request.$alias?.fullPath ?? 'unmatched', response.statusCode, startedAt),
  );
  next();
}
