import { describe, expect, it } from 'vitest';
import { codes } from './codes.ts';
import { findingsOf } from './testing/findings.ts';
import { wrongSpecs } from './testing/wrong-specs.ts';

/** Their input is bytes, or too long to read: see hostile.test.ts. */
const shownElsewhere = ['HT0102', 'HT0103'];

describe('a wrong spec gets the findings of wrong-specs.md, word for word', () => {
  it.each(wrongSpecs())('$code: $title', ({ code, yaml, environment, output }) => {
    expect(findingsOf(yaml, { environment, variables: {} })).toBe(output);
    expect(output).toContain(`  ${code}  `);
  });

  it('has a case for every code', () => {
    const shown = new Set([...wrongSpecs().map(({ code }) => code), ...shownElsewhere]);
    expect(Object.keys(codes).filter((code) => !shown.has(code))).toEqual([]);
  });
});
