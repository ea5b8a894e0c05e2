/** Express, for services that extend theirs with it: mounted behind the declared routes, loaded only then. */
import type { RequestListener } from 'node:http';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { PlatformBase } from '../platform.ts';
import { endRequest } from '../telemetry/http.ts';
import { Exchange } from './exchange.ts';
import { runInContext } from '../context.ts';
import { notFound, ProblemError } from './problem.ts';
import { writeProblem } from './serve.ts';

export async function expressFallback<P extends PlatformBase>(
  extend: ((app: Express, platform: P) => void) | undefined,
  platform: P,
): Promise<RequestListener | undefined> {
  if (extend === undefined) return undefined;
  const { default: express } = await import('express');
  const app = express();
  app.disable('x-powered-by');
  const context: RequestHandler = (request, response, next) => {
    const exchange = new Exchange(request, response, platform.log, platform.tracer);
    response.locals['exchange'] = exchange;
    response.setHeader('x-request-id', exchange.requestId);
    platform.requests.inFlight += 1;
    response.on('close', () => {
      platform.requests.inFlight -= 1;
      const ms = Math.round((performance.now() - exchange.startedAt) * 100) / 100;
      const status = response.writableFinished ? response.statusCode : 499;
      // The pattern of Express's own route, if one answered.
      const route = (request as { route?: { path?: unknown } }).route?.path;
      const pattern = typeof route === 'string' ? request.baseUrl + route : undefined;
      platform.requests
        .route(request.method, pattern ?? 'unmatched')
        .record(status, ms / 1000, exchange.span);
      endRequest(platform.tracer, exchange, pattern, request.path, status, ms);
      platform.log.info({ method: request.method, path: request.path, status, ms }, 'request');
    });
    runInContext(exchange, next);
  };
  const fail: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (!(error instanceof ProblemError)) platform.log.error({ err: error }, 'a request failed unexpectedly');
    const problem =
      error instanceof ProblemError
        ? error
        : new ProblemError({ status: 500, code: 'internal', title: 'Internal error' });
    writeProblem(response, problem, (response.locals['exchange'] as Exchange).requestId, false);
  };
  app.use(context);
  extend(app, platform);
  app.use(() => {
    throw notFound();
  });
  app.use(fail);
  return app as unknown as RequestListener;
}
