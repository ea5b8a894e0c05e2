/** Spans of sockets: the handshake, and every push of an event that is recorded. */
import type { IncomingMessage } from 'node:http';
import { currentContext } from '../../context.ts';
import { Kind, type Span } from '../../telemetry/span.ts';
import { formatTraceParent, parseTraceParent, randomHex } from '../../telemetry/trace-context.ts';
import { type Entry, entrySpan, originOf, type Tracer } from '../../telemetry/tracer.ts';

/** For `endRequest`: an upgrade has no response, and so no Exchange. */
export function handshakeEntry(
  raw: IncomingMessage,
  tracer: Tracer | undefined,
): Entry & { raw: IncomingMessage } {
  const origin = originOf(parseTraceParent(raw.headers['traceparent'] as string | undefined), tracer, false);
  const spanId = randomHex(8);
  const span = entrySpan(tracer, origin, spanId, Kind.server);
  return { ...origin, raw, spanId, span, startedAt: performance.now() };
}

/** Between replicas only: clients do not see it. */
const KEY = 'traceparent';

/** What goes over the pub/sub to the replicas that have the sockets; untouched when nothing is recorded. */
export function withTrace(message: object): object {
  const span = currentContext()?.span;
  return span === undefined ? message : { ...message, [KEY]: formatTraceParent(span) };
}

/** The message as its client gets it, and the span of the push, if it is recorded. */
export function takeTrace(
  message: unknown,
  tracer: Tracer | undefined,
): { readonly message: unknown; readonly span: Span | undefined } {
  if (typeof message !== 'object' || message === null || !(KEY in message))
    return { message, span: undefined };
  const { [KEY]: header, ...rest } = message as Record<string, unknown>;
  const parent = parseTraceParent(String(header));
  const span = parent && entrySpan(tracer, originOf(parent, tracer), randomHex(8), Kind.producer);
  if (span !== undefined) {
    const event = String(rest['event']);
    span.name = `push ${event}`;
    span.set('messaging.system', 'websocket');
    span.set('messaging.operation.type', 'send');
    span.set('messaging.operation.name', 'push');
    span.set('messaging.destination.name', event);
  }
  return { message: rest, span };
}
