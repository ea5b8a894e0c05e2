/**
 * What took how long, and below what. A request that is not sampled has no span, and then none of this does anything:
 * what the runtime measures asks `currentContext()?.span` first. Spans are plain records; OpenTelemetry sees them when
 * they are exported (docs/decisions/0022).
 */
import { type Context, currentContext, runInContext } from '../context.ts';
import { randomHex } from './trace-context.ts';
import type { Tracer } from './tracer.ts';

/** What a span may say about its work. */
export type AttributeValue = string | number | boolean;
/** Named as in OpenTelemetry's semantic conventions. Never values of users: traces are read by many. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** As OpenTelemetry numbers them. */
export const Kind = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Where in a trace a span belongs. */
export interface Position {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
}

/** One span under way. */
export class Span implements Position {
  readonly tracer: Tracer;
  name: string;
  readonly kind: Kind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** From performance.now(). */
  startedAt: number = performance.now();
  endedAt = 0;
  attributes: Record<string, AttributeValue>;
  failed = false;

  constructor(tracer: Tracer, name: string, kind: Kind, position: Position, attributes?: Attributes) {
    this.tracer = tracer;
    this.name = name;
    this.kind = kind;
    this.traceId = position.traceId;
    this.spanId = position.spanId;
    this.parentId = position.parentId;
    this.attributes = attributes === undefined ? {} : { ...attributes };
  }

  /** Always '01': there is no span otherwise. With the ids it is what `formatTraceParent` takes. */
  get traceFlags(): '01' {
    return '01';
  }

  set(name: string, value: AttributeValue): void {
    this.attributes[name] = value;
  }

  /** @param type Of the error, of few kinds: a class, a code, a status. Never its message, which may tell of data. */
  fail(type: string): void {
    this.failed = true;
    this.attributes['error.type'] = type;
  }

  /** To be called once. */
  end(): void {
    this.endedAt = performance.now();
    this.tracer.ended(this);
  }

  child(name: string, kind: Kind, attributes?: Attributes): Span {
    const { traceId, spanId } = this;
    return new Span(this.tracer, name, kind, { traceId, spanId: randomHex(8), parentId: spanId }, attributes);
  }
}

/** A span below the one at hand, which the caller ends; undefined when this request is not recorded. */
export function startSpan(name: string, kind: Kind, attributes?: Attributes): Span | undefined {
  return currentContext()?.span?.child(name, kind, attributes);
}

/** What a handler may do with its span; nothing happens when the request is not recorded. */
export interface SpanHandle {
  /** @param value No secrets, nothing about a person: traces are read by many. */
  set(name: string, value: AttributeValue): void;
}

const UNRECORDED: SpanHandle = { set: () => undefined };

/**
 * Runs `work` as a span below the one at hand: `inSpan('price the stay', () => …)`. Log lines, queries, calls and events
 * within belong to it. It fails with `work`; what `work` returns or throws comes back.
 */
export function inSpan<T>(name: string, work: (span: SpanHandle) => T): T {
  const context = currentContext();
  const parent = context?.span;
  if (parent === undefined) return work(UNRECORDED);
  const span = parent.child(name, Kind.internal);
  return runSpan(span, context as Context, () => work(span));
}

/** Runs `work` in the context with `span` in it, and ends the span with it. */
export function runSpan<T>(span: Span, context: Context, work: () => T): T {
  let result: T;
  try {
    result = runInContext(new SpanContext(context, span), work);
  } catch (error) {
    span.fail(errorType(error));
    span.end();
    throw error;
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then(
    (value: unknown) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      span.fail(errorType(error));
      span.end();
      throw error;
    },
  ) as T;
}

/** The code of a problem or of a driver's error, else the name of its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : error.name;
}

/** A context whose current span is another one; all else stays the request's. */
class SpanContext implements Context {
  readonly span: Span;
  readonly #outer: Context;

  constructor(outer: Context, span: Span) {
    this.#outer = outer;
    this.span = span;
  }

  get requestId(): string {
    return this.#outer.requestId;
  }
  get traceId(): string {
    return this.#outer.traceId;
  }
  get spanId(): string {
    return this.span.spanId;
  }
  get traceFlags(): string {
    return this.#outer.traceFlags;
  }
  get deadline(): number | undefined {
    return this.#outer.deadline;
  }
  get signal(): AbortSignal | undefined {
    return this.#outer.signal;
  }
  get hurried(): boolean | undefined {
    return this.#outer.hurried;
  }
  get transaction(): Context['transaction'] {
    return this.#outer.transaction;
  }
  get authorization(): string | undefined {
    return this.#outer.authorization;
  }
}
