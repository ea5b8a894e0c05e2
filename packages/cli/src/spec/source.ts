/** The text of services.yaml and where its lines begin. Offsets are UTF-16 code units, lines and columns count from one. */

export interface Source {
  /** As the user would write it, for messages. */
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export function createSource(file: string, text: string): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

export function positionAt({ text, lineStarts }: Source, offset: number): Position {
  const wanted = Math.min(Math.max(offset, 0), text.length);
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: wanted - (lineStarts[low] ?? 0) + 1 };
}

/** One line without its end. */
export function lineText({ text, lineStarts }: Source, line: number): string {
  const start = lineStarts[line - 1] ?? text.length;
  const next = lineStarts[line];
  return text.slice(start, next === undefined ? text.length : next - 1).replace(/\r$/, '');
}
