/**
 * The steps of a request by themselves, each in a loop: finer than a server under load can tell, and without Node's part.
 * Many short slices, of which the fastest counts: whatever disturbs a slice can only add to it.
 */
import { createLocalJWKSet } from 'jose';
import { noServices } from '../../packages/runtime/src/auth/service-identity.ts';
import { openRevocations } from '../../packages/runtime/src/auth/revocations/index.ts';
import { createVerifier } from '../../packages/runtime/src/auth/verifier.ts';
import { type Context, runInContext } from '../../packages/runtime/src/context.ts';
import { authenticate } from '../../packages/runtime/src/http/authenticate.ts';
import { compileRoute } from '../../packages/runtime/src/http/compile.ts';
import { page } from '../../packages/runtime/src/http/paging.ts';
import { type Route, route } from '../../packages/runtime/src/http/route.ts';
import { createLogger } from '../../packages/runtime/src/log.ts';
import { HttpMetrics } from '../../packages/runtime/src/metrics/http.ts';
import { openPubSub } from '../../packages/runtime/src/pubsub/index.ts';
import { openRateLimiter } from '../../packages/runtime/src/rate-limit/index.ts';
import { parseTraceParent, randomHex } from '../../packages/runtime/src/telemetry/trace-context.ts';
import { portOptions } from '../../packages/runtime/src/testing/port-options.ts';
import { found, LIMIT, query, Wishlist } from './hometrip.ts';
import { identity, PATH, tokens, TRACEPARENT } from './launch.ts';

const SLICES = 300;
const REPEAT = 300;
const SIGNATURE = 'a signature verified (once for each token)';

export async function stepTimes(): Promise<ReadonlyMap<string, number>> {
  const steps = await prepare();
  const best = new Map<string, number>();
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const [name, step] of Object.entries(steps)) {
      const repeat = name === SIGNATURE ? 2 : REPEAT;
      const begun = performance.now();
      for (let count = 0; count < repeat; count += 1) {
        const result = step();
        if (result instanceof Promise) await result;
      }
      const each = ((performance.now() - begun) * 1_000) / repeat;
      best.set(name, Math.min(each, best.get(name) ?? each));
    }
  }
  return best;
}

async function prepare(): Promise<Readonly<Record<string, () => unknown>>> {
  const { issuer, audience, jwks } = identity;
  const keys = createLocalJWKSet(jwks);
  const verifierFor = (remember: number) =>
    createVerifier({ issuer, audience, keys, clock: { now: Date.now }, remember });
  const [remembering, fresh] = [verifierFor(10_000), verifierFor(2)];
  await remembering.verify(tokens.host);
  const headers = { authorization: `Bearer ${tokens.host}`, traceparent: TRACEPARENT };
  const options = portOptions();
  const limiter = await openRateLimiter(new URL('memory:'), options);
  const metrics = new HttpMetrics(options.metrics).route('GET', '/api/v1/wishlists');
  const declared = route.get('/wishlists', {
    auth: 'role:host',
    query,
    responses: { 200: page(Wishlist) },
    handler: found,
  });
  const compiled = compileRoute(declared as unknown as Route, '/api/v1', false);
  const { body } = found();
  const encoder = compiled.encoders.get(200);
  const context: Context = {
    requestId: randomHex(16),
    traceId: randomHex(16),
    spanId: randomHex(8),
    traceFlags: '01',
    deadline: undefined,
    signal: undefined,
    authorization: headers.authorization,
  };
  const lines = createLogger({
    service: 'wishlist-service',
    instance: 'wishlist-service#1',
    destination: { write() {} },
  }).child({}, { redact: { paths: [], censor: '' } });
  const fields = {
    method: 'GET',
    route: compiled.path,
    path: compiled.path,
    status: 200,
    ms: 1.25,
    user: 'u',
  };
  const revocations = await openRevocations({
    ...portOptions(),
    pubsub: await openPubSub(new URL('memory:steps'), portOptions()),
  });
  const until = Date.now() + 3_600_000;
  await revocations
    .announcer(() => undefined)
    .announce(Array.from({ length: 10_000 }, (_, index) => ({ user: `user ${index}`, until })));
  const guarded = revocations.guard(remembering);
  return {
    [SIGNATURE]: () => fresh.verify(tokens.host),
    'a known token and its role': () =>
      authenticate('role:host', headers, { verifier: remembering, services: noServices }),
    'the same, beside 10,000 users whose tokens were revoked': () =>
      authenticate('role:host', headers, { verifier: guarded, services: noServices }),
    'query parsed, coerced and validated': () => compiled.query(PATH.slice(PATH.indexOf('?') + 1)),
    'trace context read, ids made': () => [
      parseTraceParent(headers.traceparent),
      randomHex(16),
      randomHex(8),
    ],
    'context for logs and calls (AsyncLocalStorage)': () => runInContext(context, async () => undefined),
    'rate limit in memory': () => limiter.take(LIMIT, 'u'),
    'response projected and serialised': () => encoder?.encode(body),
    '… of which JSON.stringify': () => JSON.stringify(body),
    'request counted and timed': () => metrics.record(200, 0.001),
    'access log line, formatted': () => runInContext(context, () => lines.info({ ...fields }, 'request')),
  };
}
