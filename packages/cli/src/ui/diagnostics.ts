import { formatDiagnostics, formatCounts, type FormatOptions } from '../spec/format.ts';
import type { Validation } from '../usecases/validate.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './width.ts';

const styles = {
  place: 'bold',
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  info: 'cyan',
  message: 'reset',
  frame: 'dim',
  help: 'cyan',
} as const;

export function presentValidation(
  { diagnostics, counts, source, sources, summary, valid }: Validation,
  terminal: Terminal,
): void {
  const paint: FormatOptions['paint'] = (part, text) =>
    text === '' || part === 'message'
      ? text
      : terminal.style(styles[part] as Parameters<Terminal['style']>[0], text);
  // Into a pipe or a file go whole lines.
  const { columns, interactive } = terminal;
  const fit: FormatOptions = interactive
    ? { columns, wrap: (text, indent) => wrap(text, columns, indent) }
    : {};
  if (diagnostics.length > 0) terminal.out(`${formatDiagnostics(diagnostics, sources, { paint, ...fit })}\n`);
  const verdict = valid
    ? terminal.style(['green', 'bold'], 'valid')
    : terminal.style(['red', 'bold'], 'not valid');
  const size =
    summary === undefined
      ? ''
      : `: ${counted(summary.gateways, 'gateway')}, ${counted(summary.services, 'service')}, ${counted(summary.components, 'component')}`;
  terminal.out(`${source.file} is ${verdict}${size} (${formatCounts(counts)})`);
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
