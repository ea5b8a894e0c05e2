/** A span as OpenTelemetry's exporter reads it: a view, made when the span ends and read when its batch is sent. */
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span } from './span.ts';

type Time = ReadableSpan['startTime'];
type SpanContext = ReturnType<ReadableSpan['spanContext']>;

const SCOPE: ReadableSpan['instrumentationScope'] = { name: '@hometrip/runtime' };
const NONE: never[] = [];
const [UNSET, ERROR] = [{ code: 0 }, { code: 2 }];

export class RecordedSpan implements ReadableSpan {
  readonly resource: Resource;
  readonly parentSpanContext?: SpanContext;
  readonly #span: Span;

  constructor(span: Span, resource: Resource) {
    this.#span = span;
    this.resource = resource;
    const { parentId, traceId } = span;
    if (parentId !== undefined) this.parentSpanContext = { traceId, spanId: parentId, traceFlags: 1 };
  }

  spanContext(): SpanContext {
    return { traceId: this.#span.traceId, spanId: this.#span.spanId, traceFlags: 1 };
  }
  get name(): string {
    return this.#span.name;
  }
  get kind(): ReadableSpan['kind'] {
    return this.#span.kind;
  }
  get startTime(): Time {
    return time(origin() + this.#span.startedAt);
  }
  get endTime(): Time {
    return time(origin() + this.#span.endedAt);
  }
  get duration(): Time {
    return time(this.#span.endedAt - this.#span.startedAt);
  }
  get status(): ReadableSpan['status'] {
    return this.#span.failed ? ERROR : UNSET;
  }
  get attributes(): ReadableSpan['attributes'] {
    return this.#span.attributes;
  }
  get ended(): boolean {
    return true;
  }
  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return SCOPE;
  }
  get links(): never[] {
    return NONE;
  }
  get events(): never[] {
    return NONE;
  }
  get droppedAttributesCount(): number {
    return 0;
  }
  get droppedEventsCount(): number {
    return 0;
  }
  get droppedLinksCount(): number {
    return 0;
  }
}

let began = performance.timeOrigin;

/** The epoch milliseconds at which performance.now() was 0. It is monotonic: when somebody sets the clock, they part. */
function origin(): number {
  const moved = Date.now() - (began + performance.now());
  if (Math.abs(moved) > 20) began += moved;
  return began;
}

/** Seconds and nanoseconds. */
function time(milliseconds: number): Time {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.floor((milliseconds - seconds * 1_000) * 1e6)];
}
