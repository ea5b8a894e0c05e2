/** Findings about services.yaml: collected, never thrown, so that the user sees all of them at once. */
import { type Code, codes, type Severity } from './codes.ts';
import { type Position, positionAt, type Source, type Span } from './source.ts';

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  /** What to do, if there is something better to say than the page of the code. */
  readonly help: string | undefined;
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export type DiagnosticCounts = Readonly<Record<Severity, number>>;

/** Collects what one stage finds. */
export class Findings {
  readonly #source: Source;
  readonly #found: Diagnostic[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  add(code: Code, span: Span, message: string, help?: string): void {
    const start = positionAt(this.#source, span.start);
    const end = positionAt(this.#source, Math.max(span.end, span.start));
    this.#found.push({
      code,
      severity: codes[code].severity,
      message,
      help,
      file: this.#source.file,
      start,
      end,
    });
  }

  get hasErrors(): boolean {
    return this.#found.some(({ severity }) => severity === 'error');
  }

  get all(): readonly Diagnostic[] {
    return this.#found;
  }
}

const order = (a: Diagnostic, b: Diagnostic): number =>
  a.start.line - b.start.line ||
  a.start.column - b.start.column ||
  compare(a.code, b.code) ||
  compare(a.message, b.message);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const identity = ({ code, start, message }: Diagnostic): string =>
  `${start.line}:${start.column}:${code}:${message}`;

/** By position, each once: several overlays may show the same finding. */
export function sortDiagnostics(diagnostics: Iterable<Diagnostic>): Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics)
    if (!unique.has(identity(diagnostic))) unique.set(identity(diagnostic), diagnostic);
  return [...unique.values()].sort(order);
}

export function countDiagnostics(diagnostics: readonly Diagnostic[]): DiagnosticCounts {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return counts;
}
