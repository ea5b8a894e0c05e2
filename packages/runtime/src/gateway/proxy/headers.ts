/** Which headers go through, and which end here (RFC 9110, section 7.6). */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { SERVICE_TOKEN_HEADER } from '../../auth/service-identity.ts';
import { PLATFORM, TIMEOUT_HEADER, TIMEOUT_SOURCE_HEADER } from '../../http/exchange.ts';
import type { Span } from '../../telemetry/span.ts';
import { formatTraceParent } from '../../telemetry/trace-context.ts';
import type { Client } from '../client-address.ts';

/** About one connection, not about the message. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Written anew for each request, or none of a client's business. */
const REPLACED: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'expect',
  'forwarded',
  'x-real-ip',
  'x-request-id',
  TIMEOUT_HEADER,
  TIMEOUT_SOURCE_HEADER,
  'traceparent',
  // No client is a service.
  SERVICE_TOKEN_HEADER,
]);

/** Who somebody is follows from his token, and which way he came from the connection: never from what he claims. */
const isClaim = (name: string): boolean => name.startsWith('x-forwarded-') || name.startsWith('x-user-');

export interface Passage {
  readonly client: Client;
  readonly requestId: string;
  readonly traceparent: string;
  readonly timeoutMs: number;
  /** The client chose it. */
  readonly hurried: boolean;
  /** Known length of a body that is streamed. */
  readonly contentLength: string | undefined;
}

/** For the service, as a flat list: names and values in turn. */
export function requestHeaders(headers: IncomingHttpHeaders, passage: Passage): string[] {
  const named = connectionOptions(headers.connection);
  const list: string[] = [];
  for (const name in headers) {
    if (
      HOP_BY_HOP.has(name) ||
      REPLACED.has(name) ||
      (name.charCodeAt(0) === 0x78 && isClaim(name)) ||
      named?.has(name)
    )
      continue;
    const value = headers[name];
    if (typeof value === 'string') list.push(name, value);
    else if (value !== undefined) for (const item of value) list.push(name, item);
  }
  const { client } = passage;
  list.push(
    'x-request-id',
    passage.requestId,
    'traceparent',
    passage.traceparent,
    TIMEOUT_HEADER,
    String(passage.timeoutMs),
    'x-forwarded-for',
    client.chain,
    'x-forwarded-proto',
    client.proto,
    'x-forwarded-host',
    client.host,
  );
  if (!passage.hurried) list.push(TIMEOUT_SOURCE_HEADER, PLATFORM);
  if (passage.contentLength !== undefined) list.push('content-length', passage.contentLength);
  return list;
}

/** For one attempt, which is a span of its own. */
export function tracedHeaders(headers: readonly string[], span: Span): string[] {
  const list = [...headers];
  list[list.lastIndexOf('traceparent') + 1] = formatTraceParent(span);
  return list;
}

/** For the client. The object is the caller's to keep: it is changed in place. */
export function responseHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = connectionOptions(headers.connection);
  for (const name in headers) if (HOP_BY_HOP.has(name) || named?.has(name)) delete headers[name];
  return headers;
}

/** Headers that Connection declares to be about this hop too. */
function connectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((option) => option.trim()),
  );
}
