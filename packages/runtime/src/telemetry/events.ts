/** Spans of events: where they are published, and, in whatever process that is, where they are handled. */
import { type Context, currentContext } from '../context.ts';
import type { BusMessage } from '../events/port.ts';
import { Kind, runSpan } from './span.ts';
import { parseTraceParent, randomHex } from './trace-context.ts';
import { type Entry, endEntry, entrySpan, originOf, type Tracer } from './tracer.ts';

/** Until the event is safe: in the outbox, or on the bus. `work` reads the context that goes with the event. */
export function publishing<T>(system: string, event: string, work: () => Promise<T>): Promise<T> {
  const context = currentContext();
  const parent = context?.span;
  if (parent === undefined) return work();
  const span = parent.child(`publish ${event}`, Kind.producer, {
    'messaging.system': system,
    'messaging.operation.type': 'send',
    'messaging.operation.name': 'publish',
    'messaging.destination.name': event,
  });
  return runSpan(span, context as Context, work);
}

/** The context that an event is handled in: a child of what published it. */
export class Handling implements Context, Entry {
  readonly requestId: string;
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly traceFlags: string;
  readonly spanId = randomHex(8);
  readonly span;
  readonly startedAt = performance.now();
  readonly deadline = undefined;
  readonly signal = undefined;
  readonly authorization = undefined;
  readonly #message: BusMessage;
  readonly #tracer: Tracer | undefined;

  constructor(message: BusMessage, tracer: Tracer | undefined) {
    const { id, headers } = message;
    const origin = originOf(parseTraceParent(headers['traceparent']), tracer);
    this.requestId = headers['x-request-id'] ?? id;
    this.traceId = origin.traceId;
    this.parentId = origin.parentId;
    this.traceFlags = origin.traceFlags;
    this.span = entrySpan(tracer, origin, this.spanId, Kind.consumer);
    this.#message = message;
    this.#tracer = tracer;
  }

  /** @param failure What kind of error, if the attempt failed: then it is recorded in any case. */
  end({ system, group, attempt }: HandlingFacts, failure?: string): void {
    if (this.span === undefined && failure === undefined) return;
    const { name, id } = this.#message;
    const attributes = {
      'messaging.system': system,
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': name,
      'messaging.consumer.group.name': group,
      'messaging.message.id': id,
      'messaging.message.delivery_attempt': attempt,
    };
    endEntry(this.#tracer, this, Kind.consumer, `process ${name}`, attributes, failure);
  }
}

export interface HandlingFacts {
  readonly system: string;
  readonly group: string;
  /** From 1. */
  readonly attempt: number;
}
