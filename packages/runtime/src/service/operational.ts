/** The endpoints that operators and machines ask: health, metrics, documentation. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { ReadinessProbe } from '../health/readiness.ts';
import { exposition } from '../metrics/exposition.ts';

export interface OperationalOptions {
  readonly readiness: ReadinessProbe;
  readonly metrics: Registry;
  /** Rendered when somebody first asks; undefined: somebody else answers that. */
  readonly openapi: (() => object) | undefined;
}

export function operationalEndpoints({
  readiness,
  metrics,
  openapi,
}: OperationalOptions): ReadonlyMap<string, RequestListener> {
  let document: string | undefined;
  const endpoints: Record<string, Endpoint> = {
    // Alive means: the event loop turns. Nothing outside of the process may get it killed.
    '/health/live': async (response) => send(response, 200, JSON_TYPE, '{"status":"live"}'),
    '/health/ready': async (response) => {
      const { ready, status, checks } = await readiness.read();
      send(response, ready ? 200 : 503, JSON_TYPE, JSON.stringify({ status, checks }));
    },
    '/metrics': async (response, request) => {
      const { contentType, text } = await exposition(metrics, request.headers.accept);
      response.setHeader('vary', 'accept');
      send(response, 200, contentType, text);
    },
  };
  if (openapi !== undefined)
    endpoints['/openapi.json'] = async (response) =>
      send(response, 200, JSON_TYPE, (document ??= JSON.stringify(openapi())));
  return new Map(Object.entries(endpoints).map(([path, endpoint]) => [path, listener(endpoint)]));
}

type Endpoint = (response: ServerResponse, request: IncomingMessage) => Promise<void>;
const JSON_TYPE = 'application/json; charset=utf-8';

function listener(endpoint: Endpoint): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': '0' }).end();
      return;
    }
    endpoint(response, request).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, JSON_TYPE, '{"status":"error"}');
    });
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
