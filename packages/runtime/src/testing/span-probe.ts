/** Takes the spans of services in this process, so that tests can read what was done below what. */
import type { Span } from '../telemetry/span.ts';
import type { Tracer } from '../telemetry/tracer.ts';

/** A span with its children, for comparing traces as trees. */
export interface SpanNode {
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly text: string;
  readonly startedAt: number;
}

/** One line for each span, indented below its parent, in the order in which they began. */
export function spanTree(nodes: readonly SpanNode[]): string {
  const ids = new Set(nodes.map(({ spanId }) => spanId));
  const sorted = [...nodes].sort((a, b) => a.startedAt - b.startedAt);
  const below = (parent: SpanNode | undefined, indent: string): string[] =>
    sorted
      .filter(({ parentId }) =>
        parent === undefined ? parentId === undefined || !ids.has(parentId) : parentId === parent.spanId,
      )
      .flatMap((node) => [`${indent}${node.text}`, ...below(node, `${indent}  `)]);
  return below(undefined, '').join('\n');
}

/** Keeps the spans of a service under test. */
export interface SpanProbe extends Tracer {
  /** What has ended so far. */
  readonly spans: readonly Span[];
  /** @param show What stands in a span's line; default: its name, and `✗` with the type of its error. */
  tree(show?: (span: Span) => string): string;
}

/** @param ratio Of the traces that begin in the services: 0 or 1. @param slowMs What is kept although not sampled. */
export function spanProbe({ ratio = 1, slowMs = Infinity } = {}): SpanProbe {
  const spans: Span[] = [];
  const named = (span: Span) => `${span.name}${span.failed ? ` ✗ ${span.attributes['error.type']}` : ''}`;
  return {
    slowMs,
    spans,
    sampled: () => ratio > 0,
    ended: (span) => void spans.push(span),
    tree: (show = named) => spanTree(spans.map((span) => ({ ...ids(span), text: show(span) }))),
    close: () => Promise.resolve(),
  };
}

const ids = ({ spanId, parentId, startedAt }: Span) => ({ spanId, parentId, startedAt });
