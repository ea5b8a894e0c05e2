/** Express, for services that extend theirs with it: mounted behind the declared routes, loaded only then. */
import { type RequestListener, STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express';
import type { PlatformBase } from '../platform.ts';
import { endRequest } from '../telemetry/http.ts';
import { Exchange } from './exchange.ts';
import { invite } from './expect.ts';
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
      const pattern = typeof route === 'string' ? mountOf(request) + route : undefined;
      platform.requests
        .route(request.method, pattern ?? 'unmatched')
        .record(status, ms / 1000, exchange.span);
      endRequest(platform.tracer, exchange, pattern, request.path, status, ms);
      platform.log.info({ method: request.method, path: request.path, status, ms }, 'request');
    });
    // Whoever reads bodies here knows nothing of clients that wait to be asked.
    invite(request);
    runInContext(exchange, next);
  };
  const fail: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = asProblem(error);
    if (problem.status === 500 && problem !== error)
      platform.log.error({ err: error }, 'a request failed unexpectedly');
    writeProblem(response, problem, (response.locals['exchange'] as Exchange).requestId, false);
  };
  app.use(context);
  rememberMounts(app);
  extend(app, platform);
  app.use(() => {
    throw notFound();
  });
  app.use(fail);
  return app as unknown as RequestListener;
}

interface Mount {
  /** As it is in the request. */
  readonly path: string;
  /** As it was declared. */
  readonly pattern: string;
}

const mounts = new WeakMap<object, Mount>();

/** Express knows below which path a router was found, not what it was declared as. */
function rememberMounts(app: Express): void {
  const use = app.use.bind(app) as (...parameters: unknown[]) => Express;
  app.use = ((...parameters: unknown[]) => {
    const [pattern, ...handlers] = parameters;
    if (typeof pattern !== 'string') return use(...parameters);
    const remember: RequestHandler = (request, _, next) => {
      mounts.set(request, { path: request.baseUrl, pattern: pattern === '/' ? '' : pattern });
      next();
    };
    return use(pattern, remember, ...handlers);
  }) as Express['use'];
}

/** `/shops/:id`, with `/*` for what a router within a router adds: labels and names hold no ids. */
function mountOf(request: Request): string {
  const { baseUrl } = request;
  if (baseUrl === '') return '';
  const mount = mounts.get(request);
  if (mount === undefined || !baseUrl.startsWith(mount.path)) return '/*';
  return baseUrl === mount.path ? mount.pattern : `${mount.pattern}/*`;
}

/** What Express and its middleware refuse, a path or a body that cannot be read, is the client's mistake. */
function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { status = 500, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  // Errors of other libraries have statuses too, such as those of the servers that they asked.
  if ((expose === true || error instanceof URIError) && isClientError(status))
    return new ProblemError({ status, code: codeOf(status) });
  return new ProblemError({ status: 500, code: 'internal', title: 'Internal error' });
}

const isClientError = (status: unknown): status is number =>
  typeof status === 'number' && status >= 400 && status < 500;

/** 413: `payload-too-large` */
const codeOf = (status: number): string =>
  (STATUS_CODES[status] ?? 'Bad Request').toLowerCase().replaceAll(/[^a-z]+/g, '-');
