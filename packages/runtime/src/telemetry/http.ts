/** Spans of requests: as a server, and as a client of another service. */
import { currentContext } from '../context.ts';
import { METHODS } from '../metrics/labels.ts';
import { Kind, type Span } from './span.ts';
import { endEntry, type Entry, type Tracer } from './tracer.ts';

/** What a request's span is made from; an Exchange. */
interface ServedRequest extends Entry {
  readonly raw: { readonly method?: string | undefined };
}

/** @param route As declared, of few kinds; undefined: no route answered. @param path Without the query, which may hold secrets. */
export function endRequest(
  tracer: Tracer | undefined,
  request: ServedRequest,
  route: string | undefined,
  path: string,
  status: number,
  milliseconds: number,
): void {
  if (tracer === undefined) return;
  const failed = status >= 500;
  if (request.span === undefined && !failed && milliseconds < tracer.slowMs) return;
  const given = request.raw.method as string;
  const method = METHODS.has(given) ? given : '_OTHER';
  const attributes: Record<string, string | number> = {
    'http.request.method': method,
    'url.path': path,
    'url.scheme': 'http',
    'http.response.status_code': status,
  };
  if (route !== undefined) attributes['http.route'] = route;
  const name = route === undefined ? method : `${method} ${route}`;
  endEntry(tracer, request, Kind.server, name, attributes, failed ? String(status) : undefined);
}

/** One attempt at an instance of a service. @param attempt From 1. @returns undefined when this request is not recorded. */
export function startAttempt(
  service: string,
  method: string,
  origin: string,
  attempt: number,
): Span | undefined {
  const parent = currentContext()?.span;
  if (parent === undefined) return undefined;
  const { hostname, port } = new URL(origin);
  const known = METHODS.has(method);
  const span = parent.child(`${known ? method : 'HTTP'} ${service}`, Kind.client, {
    'http.request.method': known ? method : '_OTHER',
    'service.peer.name': service,
    'server.address': hostname,
    'server.port': Number(port === '' ? 80 : port),
  });
  if (attempt > 1) span.set('http.request.resend_count', attempt - 1);
  return span;
}

/** @param status Undefined: no answer, for which `failure` says why. */
export function endAttempt(span: Span | undefined, status: number | undefined, failure?: string): void {
  // An answer that is not passed on is over before its body is.
  if (span === undefined || span.endedAt > 0) return;
  if (status !== undefined) span.set('http.response.status_code', status);
  // For a client 4xx is a failure too.
  if (failure !== undefined) span.fail(failure);
  else if (status !== undefined && status >= 400) span.fail(String(status));
  span.end();
}
