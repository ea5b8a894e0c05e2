/**
 * The HTTP server of a service. Declared routes are found by a matcher of our own, compiled at start: a framework's
 * middleware stack would take most of the time that a request has. What no route answers goes to the service's Express
 * application, if it extends itself with one, and then to a 404.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { noServices } from '../auth/service-identity.ts';
import type { Verifier } from '../auth/verifier.ts';
import type { Idempotency } from '../idempotency/idempotency.ts';
import { type Logger, plainLines } from '../log.ts';
import type { HttpMetrics, RouteMetrics } from '../metrics/http.ts';
import { endRequest } from '../telemetry/http.ts';
import { randomHex } from '../telemetry/trace-context.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { type CompiledRoute, compileRoute } from './compile.ts';
import { BODY_LIMIT } from './body.ts';
import { Exchange } from './exchange.ts';
import { serveExpecting } from './expect.ts';
import { PathMatcher, type Target } from './match.ts';
import { badRequest, notFound, ProblemError } from './problem.ts';
import type { Route } from './route.ts';
import { serve, type ServeOptions, writeProblem } from './serve.ts';

export interface HttpOptions {
  readonly routes: readonly Route[];
  /** Before the path of every route, `/api/v1`. */
  readonly basePath: string;
  readonly log: Logger;
  readonly metrics: HttpMetrics;
  readonly verifier: Verifier;
  /** Of other services' tokens; default: there are no other services. */
  readonly services?: Verifier | undefined;
  /** Refuse responses that do not fit their schema: on in tests. */
  readonly checkResponses: boolean;
  readonly draining: () => boolean;
  /** For routes that take an Idempotency-Key. */
  readonly idempotency?: Idempotency | undefined;
  /** Bytes, of a body whose route says no other; default 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** Records requests; default: nobody does. */
  readonly tracer?: Tracer | undefined;
  /** By exact path: health, metrics, documentation. Not counted and not logged. */
  readonly operational: ReadonlyMap<string, RequestListener>;
  /** What no route answers. */
  readonly fallback?: RequestListener | undefined;
}

interface Entry {
  readonly compiled: CompiledRoute;
  readonly metrics: RouteMetrics;
}

export function createHttpServer(options: HttpOptions): Server {
  const listener = requestListener(options);
  const server = createServer(
    // The gateway and nginx keep connections open for 60 s; the one who closes first must be the caller.
    {
      keepAliveTimeout: 75_000,
      headersTimeout: 15_000,
      // A proxy gives up on a slow upload before the services behind it do, so that nobody takes that for their failure.
      requestTimeout: options.fallback === undefined ? 120_000 : 60_000,
      maxHeaderSize: 32 * 1024,
      // What announces no body has none: nobody waits for its end (see hasBody).
      optimizeEmptyRequests: true,
    },
    listener,
  );
  serveExpecting(server, listener);
  server.on('clientError', answerMalformed);
  return server;
}

export function requestListener(options: HttpOptions): RequestListener {
  const { log, metrics, operational, fallback, tracer } = options;
  const matcher = new PathMatcher<Entry>();
  for (const route of options.routes) {
    const compiled = compileRoute(route, options.basePath, options.checkResponses);
    matcher.add(route.method, compiled.path, {
      compiled,
      metrics: metrics.route(route.method, compiled.path),
    });
  }
  const unmatched = metrics.route('any', 'unmatched');
  // Its fields are chosen here and hold no secrets: looking for some in every line would cost more than writing it.
  const access = plainLines(log, 'request');
  const serveOptions: ServeOptions = {
    verifier: options.verifier,
    services: options.services ?? noServices,
    draining: options.draining,
    bodyLimit: options.bodyLimit ?? BODY_LIMIT,
    idempotency: options.idempotency,
  };

  return (request, response) => {
    const path = pathOf(request.url as string);
    const method = request.method as string;
    const match = matcher.find(path);
    const entry = match?.target.methods.get(method === 'HEAD' ? 'GET' : method);
    if (match === undefined || entry === undefined) {
      const endpoint = operational.get(path);
      if (endpoint !== undefined) endpoint(request, response);
      else if (match !== undefined) answerWrongMethod(request, response, match.target, options, unmatched);
      else if (fallback !== undefined) {
        if (options.draining()) response.shouldKeepAlive = false;
        fallback(request, response);
      } else answerUnknown(request, response, options, unmatched);
      return;
    }
    const exchange = new Exchange(request, response, log, tracer);
    metrics.inFlight += 1;
    serve(exchange, entry.compiled, match.values, serveOptions, (status) => {
      metrics.inFlight -= 1;
      const milliseconds = performance.now() - exchange.startedAt;
      const counted = exchange.counted(status);
      entry.metrics.record(counted, milliseconds / 1000, exchange.span);
      endRequest(tracer, exchange, entry.compiled.path, path, counted, milliseconds);
      access({
        method,
        route: entry.compiled.path,
        path,
        status,
        ms: Math.round(milliseconds * 100) / 100,
        user: exchange.user?.id,
      });
    });
  };
}

/** The path of `/a?b` and of the absolute form that proxies send, `http://host/a?b`. */
export function pathOf(url: string): string {
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  if (path.startsWith('/')) return path;
  return URL.canParse(path) ? new URL(path).pathname : path;
}

function answerWrongMethod(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target<Entry>,
  options: HttpOptions,
  metrics: RouteMetrics,
): void {
  const methods = [...target.methods.keys()];
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    metrics.record(204, 0);
    response.writeHead(204, { allow }).end();
    return;
  }
  const detail = `Use one of ${allow}.`;
  answerProblem(
    request,
    response,
    new ProblemError({ status: 405, code: 'method-not-allowed', detail, headers: { allow } }),
    options,
    metrics,
  );
}

function answerUnknown(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
  metrics: RouteMetrics,
): void {
  answerProblem(request, response, notFound(), options, metrics);
}

function answerProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: ProblemError,
  { log, draining }: HttpOptions,
  metrics: RouteMetrics,
): void {
  const exchange = new Exchange(request, response, log);
  const status = writeProblem(response, problem, exchange.requestId, draining());
  metrics.record(status, 0);
  const { requestId, traceId } = exchange;
  log.info(
    { method: request.method, path: pathOf(request.url as string), status, requestId, traceId },
    'request',
  );
}

/** What Node's parser refused. There is no response object yet, only the socket. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, problem] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', new ProblemError({ status: 431, code: 'headers-too-large' })]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', new ProblemError({ status: 408, code: 'request-timeout' })]
        : [400, 'Bad Request', badRequest('This is not a valid HTTP/1.1 request.', 'malformed-request')];
  const { type, title, code } = problem as ProblemError;
  const body = JSON.stringify({ type, title, status, code, requestId: randomHex(16) });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Node looks after it no more. A client that keeps its own half open would hold the connection, and the end of the service, for ever.
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** For the client to read why it was refused. */
const LINGER_MS = 2_000;
