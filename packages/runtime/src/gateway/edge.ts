/**
 * The front door: every request that no operational endpoint answers.
 *
 * @setting GATEWAY_ROUTES_FILE The table of routes of a gateway, `gateway/routes.json`; watched.
 */
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import type { User } from '../auth/user.ts';
import { runInContext } from '../context.ts';
import { readBodyLimit } from '../http/body.ts';
import { Exchange } from '../http/exchange.ts';
import { linger } from '../http/linger.ts';
import { notFound, ProblemError, tooManyRequests } from '../http/problem.ts';
import { writeProblem } from '../http/serve.ts';
import { pathOf } from '../http/server.ts';
import { plainLines } from '../log.ts';
import type { RouteMetrics } from '../metrics/http.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { Platform } from '../platform.ts';
import { readSetting, SettingError } from '../settings.ts';
import { endRequest } from '../telemetry/http.ts';
import { formatTraceParent } from '../telemetry/trace-context.ts';
import { type Client, clientOf, TrustedProxies } from './client-address.ts';
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts';
import { createDocs } from './docs/docs.ts';
import { type AllowedOrigins, readOrigins } from './origins.ts';
import { readBody } from './proxy/body.ts';
import { requestHeaders } from './proxy/headers.ts';
import { proxyMetrics } from './proxy/metrics.ts';
import { type ForwardResult, ReverseProxy } from './proxy/proxy.ts';
import type { EdgeRoute } from './table/table.ts';
import { WatchedTable } from './table/watched.ts';

/** What an edge needs of its service: `needs: { rateLimit: true }`. */
export type GatewayPlatform = Platform<'rateLimit'>;

/**
 * Answers requests by passing them on to services, by the routes of a file that is watched.
 * @param document Of routes that the gateway declares itself.
 * @throws SettingError when GATEWAY_ROUTES_FILE or REGISTRY_URL is missing, or a setting is wrong. Further settings:
 * CORS_ORIGINS, TRUSTED_PROXIES, BODY_LIMIT_BYTES (default 1 MiB).
 */
export function createEdge(platform: GatewayPlatform, document?: () => OpenApiDocument): RequestListener {
  const edge = new Edge(platform, document);
  return (request, response) => edge.handle(request, response);
}

class Edge {
  readonly #platform: GatewayPlatform;
  readonly #table: WatchedTable;
  readonly #proxy: ReverseProxy;
  readonly #proxies: TrustedProxies;
  readonly #origins: AllowedOrigins;
  readonly #bodyLimit: number;
  readonly #docs: (path: string) => RequestListener | undefined;
  /** The service that issues tokens answers for them itself: a stale one must not keep anybody from getting a new one. */
  readonly #issuer: string | undefined;
  readonly #metrics = new Map<string, RouteMetrics>();
  /** Writes the line of a request: its fields are chosen here, and hold no secrets. */
  readonly #access: (fields: object) => void;

  constructor(platform: GatewayPlatform, document: (() => OpenApiDocument) | undefined) {
    const { env, log, instances } = platform;
    const file = env['GATEWAY_ROUTES_FILE'];
    if (file === undefined || file === '')
      throw new SettingError(
        'GATEWAY_ROUTES_FILE',
        'GATEWAY_ROUTES_FILE is not set: name the gateway/routes.json that hometrip generate writes.',
      );
    if (instances === undefined)
      throw new SettingError(
        'REGISTRY_URL',
        'REGISTRY_URL is not set: without it no instance of a service can be found.',
      );
    this.#platform = platform;
    this.#access = plainLines(log, 'request');
    this.#origins = readOrigins(env);
    this.#bodyLimit = readBodyLimit(env);
    const jwks = readSetting(env, 'AUTH_JWKS_URL');
    this.#issuer = jwks?.startsWith('service://') ? new URL(jwks).hostname : undefined;
    this.#table = new WatchedTable(file, log);
    this.#proxies = new TrustedProxies(env, log);
    this.#proxy = new ReverseProxy(instances, proxyMetrics(platform.metrics));
    this.#docs = createDocs({ platform, instances, table: () => this.#table.current, own: document });
    platform.onStop('close', async () => {
      this.#table.close();
      this.#proxies.close();
      await this.#proxy.close();
    });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(request, response, this.#platform.log, this.#platform.tracer, false);
    const path = pathOf(request.url as string);
    if (isPreflight(request)) {
      answerPreflight(request, response, this.#origins, exchange.requestId);
      this.#count('preflight', exchange, 204);
      return;
    }
    const route = this.#table.current.find(path);
    const page = route === undefined ? this.#docs(path) : undefined;
    if (page !== undefined) {
      response.once('close', () => this.#finish(exchange, 'docs', path, response.statusCode));
      page(request, response);
      return;
    }
    const client = clientOf(request, this.#proxies);
    const label = route?.prefix ?? 'unmatched';
    this.#platform.requests.inFlight += 1;
    const answer = () => this.#answer(exchange, route, client);
    // A context costs something with every turn of the event loop; what is not recorded needs none here.
    const answered = exchange.span === undefined ? answer() : runInContext(exchange, answer);
    void answered
      .catch(
        (error: unknown): ForwardResult => ({ status: this.#refuse(exchange, error), upstream: undefined }),
      )
      .then(({ status, upstream }) => {
        this.#platform.requests.inFlight -= 1;
        this.#finish(exchange, label, path, status, client, upstream);
        linger(request, this.#platform.draining);
      });
  }

  async #answer(exchange: Exchange, route: EdgeRoute | undefined, client: Client): Promise<ForwardResult> {
    const { raw: request, response } = exchange;
    if (route === undefined) throw notFound();
    if (!PASSED.has(request.method as string)) throw methodNotAllowed();
    const known =
      route.service === this.#issuer ? undefined : this.#platform.authenticate(exchange.authorization);
    const user = known instanceof Promise ? await known : known;
    exchange.user = user;
    if (route.limit !== undefined) await this.#limit(route, user, client);
    const read = readBody(request, this.#bodyLimit);
    const body = read instanceof Promise ? await read : read;
    const timeoutMs = Math.min(route.terms.timeoutMs, exchange.timeout ?? Infinity);
    const hurried = timeoutMs < route.terms.timeoutMs;
    exchange.hurried = hurried;
    const { requestId } = exchange;
    return this.#proxy.forward({
      request,
      response,
      path: pathAndQuery(request.url as string),
      route,
      headers: requestHeaders(request.headers, {
        client,
        requestId,
        traceparent: formatTraceParent(exchange),
        timeoutMs,
        hurried,
        contentLength: body.contentLength,
      }),
      body,
      timeoutMs,
      hurried,
      address: client.address,
      answer: this.#answerHeaders(exchange),
    });
  }

  async #limit({ limit }: EdgeRoute, user: User | undefined, client: Client): Promise<void> {
    if (limit === undefined) return;
    const key = user === undefined ? `address ${client.address}` : `user ${user.id}`;
    const { allowed, retryAfter } = await this.#platform.rateLimit.take(limit, key);
    if (!allowed) throw tooManyRequests(retryAfter);
  }

  #answerHeaders({ raw, requestId }: Exchange): OutgoingHttpHeaders {
    return {
      'x-request-id': requestId,
      ...(this.#platform.draining() && { connection: 'close' }),
      ...corsHeaders(raw.headers.origin, this.#origins),
    };
  }

  /** @returns the status that the client got. */
  #refuse(exchange: Exchange, error: unknown): number {
    const { raw, response, requestId } = exchange;
    if (exchange.gone || response.destroyed) return 499;
    if (response.headersSent) {
      response.destroy();
      return 502;
    }
    const problem =
      error instanceof ProblemError
        ? error
        : new ProblemError({ status: 500, code: 'internal', title: 'Internal error', cause: error });
    if (exchange.counted(problem.status) >= 500) {
      const { traceId } = exchange;
      this.#platform.log.warn({ err: problem.cause ?? problem, requestId, traceId }, problem.message);
    }
    const cors = corsHeaders(raw.headers.origin, this.#origins);
    if (cors !== undefined) Object.entries(cors).forEach(([name, value]) => response.setHeader(name, value));
    return writeProblem(response, problem, requestId, this.#platform.draining());
  }

  #finish(
    exchange: Exchange,
    route: string,
    path: string,
    status: number,
    client?: Client,
    upstream?: string,
  ): void {
    this.#count(route, exchange, status);
    const { requestId, traceId, user, raw } = exchange;
    const ms = Math.round((performance.now() - exchange.startedAt) * 100) / 100;
    const name = route === 'unmatched' ? undefined : route;
    endRequest(this.#platform.tracer, exchange, name, path, exchange.counted(status), ms);
    this.#access({
      method: raw.method,
      route,
      path,
      status,
      ms,
      user: user?.id,
      address: client?.address,
      upstream,
      requestId,
      traceId,
    });
  }

  #count(route: string, exchange: Exchange, status: number): void {
    const { raw, startedAt, span } = exchange;
    const key = `${raw.method} ${route}`;
    let metrics = this.#metrics.get(key);
    if (metrics === undefined) {
      metrics = this.#platform.requests.route(raw.method as string, route);
      this.#metrics.set(key, metrics);
    }
    metrics.record(exchange.counted(status), (performance.now() - startedAt) / 1000, span);
  }
}

/** TRACE would show a page what other sites' requests carry; others mean something to servers of files only. */
const PASSED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const methodNotAllowed = (): ProblemError =>
  new ProblemError({
    status: 405,
    code: 'method-not-allowed',
    headers: { allow: [...PASSED].join(', ') },
  });

/** Also of the absolute form that proxies send. */
function pathAndQuery(url: string): string {
  if (url.startsWith('/')) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
