/**
 * The same endpoint put together by hand, without the named features (`metrics,access log`): what each of them costs. The
 * product has no switches for this; a part is left out by not declaring it, or by handing over one that does nothing.
 */
import { openRateLimiter, page, route, type Route, z } from '@hometrip/runtime';
import { createVerifier } from '../../packages/runtime/src/auth/verifier.ts';
import { SECURITY_HEADERS } from '../../packages/runtime/src/http/headers.ts';
import { createHttpServer } from '../../packages/runtime/src/http/server.ts';
import { createLogger } from '../../packages/runtime/src/log.ts';
import { HttpMetrics } from '../../packages/runtime/src/metrics/http.ts';
import { listen } from '../../packages/runtime/src/service/listen.ts';
import { portOptions } from '../../packages/runtime/src/testing/port-options.ts';
import { createLocalJWKSet } from 'jose';
import type { Identity } from './launch.ts';
import type { Feature } from './features.ts';
import { found, LIMIT, query, Wishlist } from './hometrip.ts';

export async function start({ issuer, audience, jwks }: Identity, argument: string): Promise<string> {
  const without = new Set(argument.split(',') as Feature[]);
  const has = (feature: Feature): boolean => !without.has(feature);
  // Flat and read with every response: emptied, there are none.
  if (!has('security headers')) (SECURITY_HEADERS as string[]).length = 0;
  const options = portOptions();
  const limiter = await openRateLimiter(new URL('memory:'), options);
  const limited = async (id = ''): Promise<ReturnType<typeof found>> => {
    await limiter.take(LIMIT, id);
    return found();
  };
  const declared = route.get('/wishlists', {
    auth: has('token and role') ? 'role:host' : 'public',
    ...(has('query validation') ? { query } : {}),
    responses: { 200: has('response projection') ? page(Wishlist) : z.any() },
    handler: has('rate limit') ? ({ user }) => limited(user?.id) : found,
  });
  const server = createHttpServer({
    routes: [declared as unknown as Route],
    basePath: '/api/v1',
    log: createLogger({
      service: 'wishlist-service',
      instance: 'wishlist-service#1',
      level: has('access log') ? 'info' : 'silent',
    }),
    metrics: has('metrics') ? new HttpMetrics(options.metrics) : uncounted,
    verifier: createVerifier({ issuer, audience, keys: createLocalJWKSet(jwks), clock: { now: Date.now } }),
    checkResponses: false,
    draining: () => false,
    operational: new Map(),
  });
  const { host, port } = await listen(server, {});
  return `http://${host}:${port}`;
}

const uncounted = { inFlight: 0, route: () => ({ record() {} }) } as unknown as HttpMetrics;
