/** Cross-origin requests: https://fetch.spec.whatwg.org/#http-cors-protocol */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AllowedOrigins } from './origins.ts';

const ALLOW_HEADERS =
  'authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id, traceparent';
const EXPOSE_HEADERS = 'etag, idempotent-replayed, location, retry-after, x-request-id';

/** A browser asks beforehand whether it may send the request. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

/** Without permission the answer says nothing, and the browser refuses by itself. Never with credentials: tokens are no cookies. */
export function answerPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: AllowedOrigins,
  requestId: string,
): void {
  const origin = request.headers.origin as string;
  response.writeHead(204, {
    'x-request-id': requestId,
    vary: 'origin',
    ...(allowed.has(origin) && {
      'access-control-allow-origin': allowed.any ? '*' : origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': ALLOW_HEADERS,
      'access-control-max-age': '600',
    }),
  });
  response.end();
}

/** Headers of an answer; undefined when they would say nothing. */
export function corsHeaders(
  origin: string | undefined,
  allowed: AllowedOrigins,
): Record<string, string> | undefined {
  if (allowed.none) return undefined;
  if (allowed.any)
    return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSE_HEADERS };
  if (origin === undefined || !allowed.has(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSE_HEADERS,
  };
}
