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

/** As its client gets it. */
export function withoutTrace(message: object): object {
  if (!(KEY in message)) return message;
  const { [KEY]: _, ...rest } = message;
  return rest;
}

/** Of the push to one socket; undefined when the event is not recorded. */
export function pushSpan(message: object, tracer: Tracer | undefined): Span | undefined {
  if (tracer === undefined || !(KEY in message)) return undefined;
  const parent = parseTraceParent(String(message[KEY]));
  const span = parent && entrySpan(tracer, originOf(parent, tracer), randomHex(8), Kind.producer);
  if (span === undefined) return undefined;
  const event = 'event' in message ? String(message.event) : '';
  span.name = `push ${event}`;
  span.set('messaging.system', 'websocket');
  span.set('messaging.operation.type', 'send');
  span.set('messaging.operation.name', 'push');
  span.set('messaging.destination.name', event);
  return span;
}
