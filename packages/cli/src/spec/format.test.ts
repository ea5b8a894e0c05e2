import { describe, expect, it } from 'vitest';
import { countDiagnostics, type Diagnostic } from './diagnostics.ts';
import { diagnosticsJson, formatCounts, formatDiagnostic } from './format.ts';
import { createSource } from './source.ts';

const at = (line: number, from: number, to: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
  code: 'HT0203',
  severity: 'error',
  message: 'wrong',
  help: undefined,
  file: 'services.yaml',
  start: { line, column: from },
  end: { line, column: to },
  ...more,
});

describe('a finding as text', () => {
  it('shows the line, the one before, and where', () => {
    const source = createSource('services.yaml', 'a: 1\nb: [two, three]\n');
    expect(
      formatDiagnostic(at(2, 5, 8, { help: 'did you mean one?' }), source),
    ).toBe(`services.yaml:2:5  HT0203  wrong
    1 | a: 1
    2 | b: [two, three]
      |     ^^^ did you mean one?`);
  });

  it('marks what is below a wide or a tabbed text in its column', () => {
    const source = createSource('services.yaml', 'a: "😀é\t", x\n');
    expect(
      formatDiagnostic(at(1, 11, 12), source)
        .split('\n')
        .slice(1),
    ).toEqual(['    1 | a: "😀é ", x', '      |          ^']);
  });

  it('cuts a very long line around the place', () => {
    const source = createSource('services.yaml', `${'x'.repeat(5000)}HERE${'y'.repeat(5000)}\n`);
    const [, line = '', caret = ''] = formatDiagnostic(at(1, 5001, 5005), source).split('\n');
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
    expect(line.length).toBeLessThan(160);
  });

  it('lets no control character of the file reach the terminal', () => {
    const source = createSource('services.yaml', 'a: \u001b[31m\u202e\n');
    expect(formatDiagnostic(at(1, 4, 5, { message: 'the text "\u001b]0;x"' }), source)).not.toMatch(
      /\p{Cf}|\p{Cc}(?<!\n)/u,
    );
  });

  it('paints each part when asked to', () => {
    const source = createSource('services.yaml', 'a: 1\n');
    expect(
      formatDiagnostic(at(1, 1, 2), source, {
        paint: (part, text) => (text === '' ? '' : `<${part}>${text}</>`),
      }),
    ).toBe(
      '<place>services.yaml:1:1</>  <error>HT0203</>  <message>wrong</>\n<frame>    1 | a: 1</>\n<frame>      | ^</>',
    );
  });
});

describe('findings as data', () => {
  it('have one shape, whatever is known about them', () => {
    expect(
      diagnosticsJson([at(1, 2, 3), at(2, 1, 1, { severity: 'info', code: 'HT0317', help: 'do it' })]),
    ).toEqual({
      diagnostics: [
        {
          code: 'HT0203',
          severity: 'error',
          message: 'wrong',
          help: null,
          file: 'services.yaml',
          start: { line: 1, column: 2 },
          end: { line: 1, column: 3 },
        },
        {
          code: 'HT0317',
          severity: 'info',
          message: 'wrong',
          help: 'do it',
          file: 'services.yaml',
          start: { line: 2, column: 1 },
          end: { line: 2, column: 1 },
        },
      ],
      counts: { error: 1, warning: 0, info: 1 },
    });
  });

  it('count in words', () => {
    expect(formatCounts(countDiagnostics([]))).toBe('no findings');
    expect(formatCounts({ error: 2, warning: 1, info: 3 })).toBe('2 errors, 1 warning, 3 info');
  });
});
