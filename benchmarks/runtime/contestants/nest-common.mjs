/** What both NestJS applications have: guard, throttler, metrics, problem documents. */
import { Catch, HttpException, Injectable } from '@nestjs/common';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { LoggerModule } from 'nestjs-pino';
import { tap } from 'rxjs/operators';
import { decorateClass } from './nest-decorate.mjs';
import {
  authenticator,
  contextOf,
  current,
  demandHost,
  HttpError,
  LIMIT,
  logDestination,
  logOptions,
  observe,
  PROBLEM,
  problem,
  WINDOW_MS,
} from './shared.mjs';

/** A global guard, as the chapter on authentication has it. */
export function authGuard(identity) {
  const authenticate = authenticator(identity);
  class AuthGuard {
    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      request.user = await authenticate(request.headers.authorization);
      demandHost(request.user);
      return true;
    }
  }
  return decorateClass(AuthGuard, Injectable());
}

export class MetricsInterceptor {
  intercept(context, next) {
    const startedAt = performance.now();
    const http = context.switchToHttp();
    const request = http.getRequest();
    const route = request.route?.path ?? request.routeOptions?.url;
    const record = () => observe(request.method, route, http.getResponse().statusCode, startedAt);
    return next.handle().pipe(tap({ next: record, error: record }));
  }
}
decorateClass(MetricsInterceptor, Injectable());

/** Middleware of the platform: the context must be there before anything logs. */
export function contextMiddleware(request, response, next) {
  const context = contextOf(request.headers);
  request.id = context.requestId;
  response.setHeader('x-request-id', context.requestId);
  current.run(context, next);
}

export class ProblemFilter {
  catch(error, host) {
    const status =
      error instanceof HttpException ? error.getStatus() : error instanceof HttpError ? error.status : 500;
    const http = host.switchToHttp();
    const request = http.getRequest();
    const body = JSON.stringify(problem(status, error.message, request.raw?.id ?? request.id));
    http.getResponse().status(status).header('content-type', PROBLEM).send(body);
  }
}
decorateClass(ProblemFilter, Catch());

/**
 * The throttler's own storage keeps the time of every hit and goes through all of them with each: with one client at this
 * rate it would cost more than everything else. A counter for each window is what a production storage does.
 */
class WindowStorage {
  #hits = new Map();

  async increment(key, ttl) {
    const now = Date.now();
    let entry = this.#hits.get(key);
    if (entry === undefined || entry.until <= now) {
      entry = { count: 0, until: now + ttl };
      this.#hits.set(key, entry);
    }
    entry.count += 1;
    const seconds = Math.ceil((entry.until - now) / 1000);
    return { totalHits: entry.count, timeToExpire: seconds, isBlocked: false, timeToBlockExpire: 0 };
  }
}

export const imports = () => [
  ThrottlerModule.forRoot({
    throttlers: [{ ttl: WINDOW_MS, limit: LIMIT }],
    storage: new WindowStorage(),
  }),
  LoggerModule.forRoot({
    pinoHttp: [
      {
        ...logOptions,
        genReqId: (request) => request.id,
        serializers: {
          req: ({ method, url }) => ({ method, url }),
          res: ({ statusCode }) => ({ statusCode }),
        },
      },
      logDestination(),
    ],
  }),
];
export { ThrottlerGuard };
