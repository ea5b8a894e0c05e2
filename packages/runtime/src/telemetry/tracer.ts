/** One per service: decides what is recorded, and takes what was. */
import type { Port } from '../port.ts';
import { type Attributes, type Kind, Span } from './span.ts';
import { isSampled, randomHex, type TraceParent } from './trace-context.ts';

/** Begins spans, and sends those that are recorded. */
export interface Tracer extends Port {
  /** From how many milliseconds on a request is kept although it was not sampled. */
  readonly slowMs: number;
  /** Decides for a trace that begins here. */
  sampled(): boolean;
  /** Takes a span that has ended. Never blocks, never throws. */
  ended(span: Span): void;
}

/** What became of a `traceparent`, or of its absence. */
export interface Origin {
  readonly traceId: string;
  readonly parentId: string | undefined;
  readonly traceFlags: string;
}

/**
 * The trace that work from elsewhere belongs to. Whoever calls has decided whether it is sampled; a trace that begins
 * here, or that a stranger began, is decided upon here. Without a tracer flags are passed on as they come.
 */
export function originOf(
  parent: TraceParent | undefined,
  tracer: Tracer | undefined,
  trusted = true,
): Origin {
  if (parent !== undefined && (trusted || tracer === undefined))
    return { traceId: parent.traceId, parentId: parent.parentId, traceFlags: parent.flags };
  return {
    traceId: parent?.traceId ?? randomHex(16),
    parentId: parent?.parentId,
    traceFlags: tracer?.sampled() === true ? '01' : '00',
  };
}

/** The first span of this process in a trace; undefined when it is not sampled. */
export function entrySpan(
  tracer: Tracer | undefined,
  { traceFlags, traceId, parentId }: Origin,
  spanId: string,
  kind: Kind,
): Span | undefined {
  if (tracer === undefined || !isSampled(traceFlags)) return undefined;
  return new Span(tracer, '', kind, { traceId, spanId, parentId });
}

export interface Entry {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly span?: Span | undefined;
  /** From performance.now(). */
  readonly startedAt: number;
}

/**
 * Ends the first span of this process in a trace. What failed or was slow is kept in any case: without what is below it,
 * but with its place in the trace, so that a failure leads through all services that it touched.
 */
export function endEntry(
  tracer: Tracer | undefined,
  entry: Entry,
  kind: Kind,
  name: string,
  attributes: Attributes,
  failure: string | undefined,
): void {
  if (tracer === undefined) return;
  const span = entry.span ?? new Span(tracer, name, kind, entry);
  span.name = name;
  span.startedAt = entry.startedAt;
  Object.assign(span.attributes, attributes);
  if (failure !== undefined) span.fail(failure);
  span.end();
}
