import { stripVTControlCharacters } from 'node:util';
import { width } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut (with …) when the terminal is too narrow; the widest such column is cut first. */
  readonly flexible?: boolean;
  /** May be left out when the terminal is too narrow; the highest number goes first. */
  readonly optional?: number;
}

/**
 * Text table of at most `columns` characters a line, two spaces between cells; a header row in the given style.
 * Cells may be coloured. When even cut cells do not fit, lines are as long as they have to be.
 */
export function table(
  all: readonly Column[],
  allRows: readonly (readonly string[])[],
  options: { columns: number; header?: (text: string) => string },
): string {
  const kept = fitting(all, allRows, options.columns);
  const columns = kept.flatMap((index) => all[index] ?? []);
  const rows = allRows.map((row) => kept.map((index) => row[index] ?? ''));
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))),
  );
  const total = () => widths.reduce((sum, value) => sum + value, 0) + 2 * (columns.length - 1);
  while (total() > options.columns) {
    const flexible = columns.map((column, index) => (column.flexible === true ? (widths[index] ?? 0) : 0));
    const widest = flexible.indexOf(Math.max(...flexible));
    const value = widths[widest];
    if (
      value === undefined ||
      columns[widest]?.flexible !== true ||
      value <= Math.max(8, width(columns[widest].title))
    )
      break;
    widths[widest] = value - 1;
  }
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const cell = cut(cells[index] ?? '', widths[index] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return column.align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  const header = line(columns.map((column) => column.title));
  return [options.header?.(header) ?? header, ...rows.map(line)].join('\n');
}

/** Indices of the columns that are shown. A flexible column counts with the least that it can be cut to. */
function fitting(columns: readonly Column[], rows: readonly (readonly string[])[], limit: number): number[] {
  const least = (column: Column, index: number) => {
    const full = Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? '')));
    return column.flexible === true ? Math.min(full, Math.max(8, width(column.title))) : full;
  };
  const kept = columns.map((_, index) => index);
  const total = () =>
    kept.reduce((sum, index) => sum + least(columns[index] as Column, index), 0) + 2 * (kept.length - 1);
  const goes = columns
    .map(({ optional }, index) => ({ optional, index }))
    .filter(({ optional }) => optional !== undefined)
    .sort((x, y) => (y.optional ?? 0) - (x.optional ?? 0));
  for (const { index } of goes) {
    if (total() <= limit) break;
    kept.splice(kept.indexOf(index), 1);
  }
  return kept;
}

/** At the end of a word; a text of one word where it has to be. */
function cut(text: string, limit: number): string {
  if (width(text) <= limit) return text;
  let short = stripVTControlCharacters(text);
  while (width(short) > limit - 1) short = short.slice(0, -1);
  const end = /\s/.test(stripVTControlCharacters(text)[short.length] ?? '')
    ? short.trimEnd()
    : short.slice(0, Math.max(0, short.lastIndexOf(' '))).trimEnd();
  return `${end === '' ? short : end.replace(/[,:;]$/, '')}…`;
}
