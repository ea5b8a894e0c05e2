/** Express 5 with the middleware that most teams choose: helmet, express-rate-limit, pino-http, zod. */
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import {
  authenticator,
  contextOf,
  current,
  demandHost,
  found,
  HttpError,
  LIMIT,
  ListQuery,
  logDestination,
  logOptions,
  observe,
  PROBLEM,
  problem,
  serve,
  WINDOW_MS,
  WishlistPage,
} from './shared.mjs';

export function start(identity) {
  const authenticate = authenticator(identity);
  const app = express();
  app.disable('x-powered-by');
  app.use((request, response, next) => {
    const startedAt = performance.now();
    const context = contextOf(request.headers);
    request.id = context.requestId;
    response.setHeader('x-request-id', context.requestId);
    response.once('finish', () =>
      observe(request.method, request.route?.path ?? 'unmatched', response.statusCode, startedAt),
    );
    current.run(context, next);
  });
  app.use(
    pinoHttp({
      logger: pino(logOptions, logDestination()),
      genReqId: (request) => request.id,
      // Its default writes all headers of both sides, at several times the cost.
      serializers: { req: ({ method, url }) => ({ method, url }), res: ({ statusCode }) => ({ statusCode }) },
    }),
  );
  app.use(helmet());
  app.use(rateLimit({ windowMs: WINDOW_MS, limit: LIMIT, standardHeaders: 'draft-8', legacyHeaders: false }));
  app.get(
    '/api/v1/wishlists',
    async (request, _, next) => {
      request.user = await authenticate(request.headers.authorization);
      demandHost(request.user);
      next();
    },
    (request, response) => {
      const query = ListQuery.safeParse(request.query);
      if (!query.success) throw new HttpError(422, query.error.message);
      response.json(WishlistPage.parse(found(query.data)));
    },
  );
  app.use((error, request, response, _) => {
    const status = error.status ?? 500;
    response
      .status(status)
      .type(PROBLEM)
      .send(JSON.stringify(problem(status, error.message, request.id)));
  });
  return serve(app);
}
