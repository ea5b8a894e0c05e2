/** W3C Trace Context, level 1: https://www.w3.org/TR/trace-context/ */
import { randomFillSync } from 'node:crypto';

/** The parts of a `traceparent` header, in lower-case hex digits: 32, 16 and 2. */
export interface TraceParent {
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
}

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Undefined for anything that the standard tells to ignore. */
export function parseTraceParent(header: string | undefined): TraceParent | undefined {
  if (header === undefined) return undefined;
  const match = PATTERN.exec(header);
  if (match === null) return undefined;
  const [, version, traceId = '', parentId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, flags };
}

/** The header for a call that is a child of the current span. */
export function formatTraceParent(context: { traceId: string; spanId: string; traceFlags: string }): string {
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags}`;
}

/** Whether the caller records this trace: the lowest bit of the flags, which are two hex digits. */
export function isSampled(flags: string): boolean {
  // Almost all there are, and a comparison of two characters.
  if (flags === '00') return false;
  return flags === '01' || (Number.parseInt(flags, 16) & 1) === 1;
}

// Random bytes are cheap in bulk and dear one by one.
const pool = Buffer.alloc(8192);
let used = pool.length;

/** Random lower-case hex. The chance of all zeros, which the standard forbids, is nil. */
export function randomHex(bytes: 8 | 16): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
