import { describe, expect, it } from 'vitest';
import { formatTraceParent, parseTraceParent, randomHex } from './trace-context.ts';

const T = '0af7651916cd43dd8448eb211c80319c';
const S = 'b7ad6b7169203331';

describe('traceparent', () => {
  it.each([
    [`00-${T}-${S}-01`, { traceId: T, parentId: S, flags: '01' }],
    [`01-${T}-${S}-01-more`, { traceId: T, parentId: S, flags: '01' }],
    [`00-${T}-${S}-01-more`, undefined],
    [`ff-${T}-${S}-01`, undefined],
    [`00-${'0'.repeat(32)}-${S}-01`, undefined],
    [`00-${T}-${'0'.repeat(16)}-01`, undefined],
    [`00-${T.toUpperCase()}-${S}-01`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(parseTraceParent(header)).toEqual(expected);
  });

  it('is written as it was read', () => {
    expect(formatTraceParent({ traceId: T, spanId: S, traceFlags: '01' })).toBe(`00-${T}-${S}-01`);
  });

  it('has ids that never repeat', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => randomHex(index % 2 === 0 ? 8 : 16));
    expect(new Set(ids).size).toBe(5_000);
    expect(ids.every((id) => /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id))).toBe(true);
  });
});
