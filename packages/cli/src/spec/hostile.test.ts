/** Whatever the bytes are, the answer is findings with a place, soon. The runner's own time limit bounds each test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingsOf } from './testing/findings.ts';

const head = 'name: demo\nversion: 1\n';
const firstLine = (text: string | Uint8Array): string => findingsOf(text).split('\n')[0] ?? '';

describe('a hostile file gets one clear finding', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['10 MB', 'a'.repeat(10 * 1024 * 1024), 'services.yaml:1:1  HT0103  the file has more than 2 MB'],
    [
      'UTF-16',
      new Uint8Array(Buffer.from('\uFEFFname: demo\n', 'utf16le')),
      'services.yaml:1:1  HT0102  the file is UTF-16 or UTF-32',
    ],
    [
      'UTF-16 without a mark',
      new Uint8Array(Buffer.from('name: demo\n', 'utf16le')),
      'services.yaml:1:1  HT0102  the file is UTF-16 or UTF-32',
    ],
    [
      'Latin-1',
      new Uint8Array(Buffer.from(`${head}description: Zürich\n`, 'latin1')),
      'services.yaml:1:1  HT0102  the file is not valid UTF-8',
    ],
    [
      'a NUL',
      `${head}services: { a\0: { port: 4001 } }\n`,
      'services.yaml:3:14  HT0102  the control character U+0000 is not allowed',
    ],
    [
      'an escape sequence',
      `${head}description: \u001b[2J\n`,
      'services.yaml:3:14  HT0102  the control character U+001B is not allowed',
    ],
    ['nothing', '', 'services.yaml:1:1  HT0104  the file is empty'],
    ['only a comment', '# nothing\n', 'services.yaml:1:1  HT0104  the file is empty'],
    ['a million brackets', '['.repeat(1_000_000), 'services.yaml:1:201  HT0103  the nesting is too deep'],
    ['a million braces', '{a: '.repeat(500_000), 'services.yaml:1:798  HT0103  the nesting is too deep'],
    ['a million dashes', '- '.repeat(1_000_000), 'services.yaml:1:400  HT0103  the nesting is too deep'],
    [
      'a million question marks',
      '? '.repeat(1_000_000),
      'services.yaml:1:400  HT0103  the nesting is too deep',
    ],
    [
      'more pieces than any system needs',
      '{} '.repeat(600_000),
      'services.yaml:1:600001  HT0103  the file holds more than any real system needs',
    ],
    [
      'fifty thousand documents',
      'a: 1\n---\n'.repeat(50_000),
      'services.yaml:2:1  HT0104  a second document begins here',
    ],
    [
      'an alias to what it is in',
      `${head}services: &s { a-service: *s }\n`,
      'services.yaml:3:27  HT0107  *s is inside of what it refers to',
    ],
  ])('%s', (_, text, expected) => {
    expect(firstLine(text)).toBe(expected);
  });

  it('aliases that expand a billion times', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`).join(', ')}]`,
    );
    const text = `${head}a0: &a0 [lol, lol, lol]\n${levels.join('\n')}\nservices: { a-service: { port: 4001 } }\n`;
    expect(findingsOf(text)).toContain('HT0103  aliases expand to more than 100,000 values');
  });

  it('merge keys that expand without end', () => {
    const big = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`).join(', ');
    const merges = Array.from({ length: 2000 }, (_, index) => `  s${index}-service: { <<: *big }`).join('\n');
    expect(findingsOf(`${head}rateLimits: &big { ${big} }\nservices:\n${merges}\n`)).toContain(
      'HT0103  aliases expand to more than 100,000 values',
    );
  });

  it('fifty thousand keys that nobody knows are one list of findings, cut where it stops to help', () => {
    const text = head + Array.from({ length: 50_000 }, (_, index) => `servces${index}: 1`).join('\n');
    const findings = findingsOf(text);
    expect(findings).toContain('services.yaml:3:1  HT0201  the spec has no key "servces0"');
    expect(findings.split('\n').at(-1)).toBe('… and 49900 more; --json prints all');
  });

  it('fifty thousand keys without values', () => {
    const text = head + Array.from({ length: 50_000 }, (_, index) => `k${index}:`).join('\n');
    expect(findingsOf(text)).toContain('services.yaml:3:1  HT0201  the spec has no key "k0"');
  });

  it.each(['(', ')', '-', '${', 'a:', '//', '@', ' ', '%', '..'])(
    'a quarter of a million characters of %s, wherever a text may be',
    (piece) => {
      const text = JSON.stringify(piece.repeat(Math.floor(250_000 / piece.length)));
      const places = ['description', 'a', 'name'].map((key) => `${key}: ${text}`).join('\n');
      const deep = `services: { a-service: { port: ${text}, limits: { memory: ${text} }, entities: { e: { f: ${text} } } } }\ncomponents: { redis: { external: ${text} } }`;
      expect(findingsOf(`version: 1\n${places}\n${deep}\n`)).toContain('HT0201  the spec has no key "a"');
    },
  );

  it('fifty thousand equal keys', () => {
    expect(findingsOf(head + 'services: {}\n'.repeat(50_000))).toContain(
      'HT0105  the key services is here twice',
    );
  });

  it('a long chain and a long circle of calls', () => {
    const services = Array.from(
      { length: 10_000 },
      (_, index) =>
        `  s${index}-service: { port: ${10_081 + index}, calls: [s${(index + 1) % 10_000}-service] }`,
    );
    expect(findingsOf(`${head}services:\n${services.join('\n')}\n`)).toContain(
      'HT0315  warning: services call each other in a circle: s0-service → s1-service',
    );
  });

  it('thousands of components of one kind, and services that name all of them or none', () => {
    const names = Array.from({ length: 4_000 }, (_, index) => `c${index}`);
    const components = names.map((name, index) => `  ${name}: { kind: redis, port: ${10_081 + index} }`);
    const stores = names.map((name, index) => `  d${name}: { kind: postgres, port: ${30_081 + index} }`);
    const services = names
      .slice(0, 2_000)
      .map(
        (name, index) =>
          `  ${name}-service: { port: ${50_081 + index}, database: d${name}, uses: [x${name}] }`,
      );
    const all = `  all-service: { port: 1024, uses: [${names.join(', ')}] }`;
    const text = `${head}components:\n${[...components, ...stores].join('\n')}\nservices:\n${[all, ...services].join('\n')}\n`;
    expect(findingsOf(text)).toContain('HT0386  all-service uses c0 and c1, which both offer a cache');
  });

  it('reads a file with a byte order mark and Windows line ends as any other', () => {
    const findings = findingsOf(
      `\uFEFF${head}services:\n  a-service: { port: 80 }\n`.replaceAll('\n', '\r\n'),
    );
    expect(findings.split('\n')[0]).toBe(
      'services.yaml:4:22  HT0302  a-service listens on 80, which needs special rights',
    );
    expect(findings).not.toContain('\r');
  });

  it('never throws, whatever the text is', () => {
    const piece = fc.constantFrom(
      'name',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '<<: ',
      '"',
      "'",
      '|\n',
      '!t ',
      '? ',
      '---\n',
      '#',
      'services',
      'components',
      'entities',
      'a-service',
      'port',
      '4001',
      'postgres',
      'null',
      '__proto__',
      '$access',
      'é',
      '😀',
      '\t',
      '%YAML 1.1\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(typeof findingsOf(pieces.join(''))).toBe('string');
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('never throws, whatever the values of a spec are', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.dictionary(
          fc.constantFrom(
            'name',
            'version',
            'defaults',
            'components',
            'postgres',
            'events',
            'a.created',
            'services',
            'a-service',
            'gateways',
            'entities',
            'a',
            'port',
            'calls',
            'environments',
            'production',
            '$unique',
          ),
          tie('any'),
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, (spec) => {
        expect(findingsOf(JSON.stringify(spec))).toMatch(/^services\.yaml:1:/);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
