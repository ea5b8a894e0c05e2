/** Diagnostics as text with code frames, and as data for `--json`. Plain: colour is the terminal presenter's. */
import type { Code, Severity } from './codes.ts';
import { countDiagnostics, type Diagnostic, type DiagnosticCounts } from './diagnostics.ts';
import { createSource, lineText, type Position, type Source } from './source.ts';

/** Characters of a line that a frame shows. */
const maxFrameWidth = 140;
/** Findings that the text shows; `--json` has all. */
const maxShown = 100;

export interface FormatOptions {
  /** Colours one part of the output; without it the text stays plain. */
  readonly paint?: (part: 'place' | Severity | 'message' | 'frame' | 'help', text: string) => string;
  /** Breaks lines of text at spaces, the others indented by so many; without it they stay whole. */
  readonly wrap?: (text: string, indent: number) => string;
  /** Columns that a frame may take. */
  readonly columns?: number | undefined;
}

/** @param sources Of the files that the diagnostics are about. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Source | readonly Source[],
  options: FormatOptions = {},
): string {
  const bySource = new Map([sources].flat().map((source) => [source.file, source]));
  const shown = diagnostics
    .slice(0, maxShown)
    .map((diagnostic) =>
      formatDiagnostic(
        diagnostic,
        bySource.get(diagnostic.file) ?? createSource(diagnostic.file, ''),
        options,
      ),
    );
  const hidden = diagnostics.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`… and ${hidden} more; --json prints all`] : [])].join('\n\n');
}

/**
 * services.yaml:42:11  HT0203  booking-service calls "listings-service", which is not declared
 *    41 |     database: postgres
 *    42 |     calls: [listings-service, user-service]
 *       |             ^^^^^^^^^^^^^^^^ did you mean listing-service?
 */
export function formatDiagnostic(
  { code, severity, message, help, file, start, end }: Diagnostic,
  source: Source,
  { paint = (_, text) => text, wrap = (text) => text, columns: room }: FormatOptions = {},
): string {
  const place = `${file}:${start.line}:${start.column}`;
  const word = severity === 'error' ? '' : `${severity}: `;
  const head = wrap(
    `${paint('place', place)}  ${paint(severity, code)}  ${paint(severity, word)}${paint('message', printable(message))}`,
    4,
  );
  const frame = codeFrame(source, start, end, { secret: code === 'HT0319', room });
  const hint = help === undefined ? '' : printable(help);
  if (frame === undefined) return hint === '' ? head : `${head}\n    ${paint('help', wrap(hint, 4))}`;
  const [caret = '', ...before] = frame.reverse();
  return [
    head,
    ...before.reverse().map((line) => paint('frame', line)),
    ...besideCaret(caret, hint, room).map((line, index) =>
      index === 0
        ? paint('frame', caret) + paint('help', line.slice(caret.length))
        : paint('help', wrap(line, 4)),
    ),
  ].join('\n');
}

/** The hint behind the carets; where there is no room for it, below them. */
function besideCaret(caret: string, hint: string, room: number | undefined): readonly string[] {
  if (hint === '') return [caret];
  const line = `${caret} ${hint}`;
  return room === undefined || columns(line) <= room ? [line] : [caret, `    ${hint}`];
}

/** The line before, the line, and the line of carets; undefined when there is no text to show. A secret must not get into the log of a build. */
function codeFrame(
  source: Source,
  start: Position,
  end: Position,
  { secret, room }: { secret: boolean; room: number | undefined },
): string[] | undefined {
  const line = lineText(source, start.line);
  if (source.text === '' || line.trim() === '') return undefined;
  const width = Math.max(4, String(start.line).length + 1);
  const frameWidth =
    room === undefined ? maxFrameWidth : Math.max(30, Math.min(maxFrameWidth, room - width - 4));
  const cut = start.column > frameWidth - 20 ? start.column - 20 : 0;
  const numbered = (number: number): string =>
    `${String(number).padStart(width + 1)} | ${printable(lineText(source, number).slice(cut, cut + frameWidth))}`.trimEnd();
  const indent = columns(line.slice(cut, start.column - 1));
  const marked =
    end.line === start.line
      ? line.slice(start.column - 1, Math.min(end.column - 1, cut + frameWidth))
      : line.slice(start.column - 1, cut + frameWidth).trimEnd();
  const caret = `${' '.repeat(width + 1)} | ${' '.repeat(indent)}${'^'.repeat(Math.max(1, columns(marked)))}`;
  const before =
    start.line > 1 && lineText(source, start.line - 1).trim() !== '' ? [numbered(start.line - 1)] : [];
  const shown = numbered(start.line);
  return [
    ...before,
    secret && marked !== '' ? shown.replace(printable(marked), '•'.repeat(columns(marked))) : shown,
    caret,
  ];
}

/** Code points, so that carets stand below characters outside of the basic plane too. */
const columns = (text: string): number => [...text].length;

/** The user's text in ours: controls and invisible direction marks could repaint a terminal or show a different text. */
function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}

export interface DiagnosticsJson {
  readonly diagnostics: readonly {
    readonly code: Code;
    readonly severity: Severity;
    readonly message: string;
    readonly help: string | null;
    readonly file: string;
    readonly start: Position;
    readonly end: Position;
  }[];
  readonly counts: DiagnosticCounts;
}

export function diagnosticsJson(diagnostics: readonly Diagnostic[]): DiagnosticsJson {
  return {
    diagnostics: diagnostics.map(({ code, severity, message, help, file, start, end }) => ({
      code,
      severity,
      message,
      help: help ?? null,
      file,
      start,
      end,
    })),
    counts: countDiagnostics(diagnostics),
  };
}

/** `2 errors, 1 warning`; `no findings`. */
export function formatCounts({ error, warning, info }: DiagnosticCounts): string {
  const part = (count: number, word: string): string[] =>
    count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  const parts = [
    ...part(error, 'error'),
    ...part(warning, 'warning'),
    ...(info === 0 ? [] : [`${info} info`]),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}
