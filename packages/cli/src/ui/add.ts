/** Shows what `hometrip add` wrote: the new lines with their numbers, or the change as a diff. */
import { addedLines, formatDiff } from '../files/diff.ts';
import { diagnosticsJson, formatDiagnostics } from '../spec/format.ts';
import type { AddResult } from '../usecases/add.ts';
import type { Terminal } from './terminal.ts';

const next = 'hometrip up';

export function presentAddition(result: AddResult, terminal: Terminal): void {
  const { file, before, after, written, diagnostics, source } = result;
  if (!written) {
    terminal.out(formatDiff({ entries: [{ path: file, before, after }] }).trimEnd());
    terminal.err('dry run: nothing was written');
    return;
  }
  const lines = addedLines(before, after);
  terminal.out(
    `${terminal.style('bold', file)}: ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} added`,
  );
  const width = String(lines.at(-1)?.line ?? 0).length;
  for (const { line, text } of lines)
    terminal.out(
      `${terminal.style('dim', `${String(line).padStart(width + 2)} |`)} ${terminal.style('green', text)}`.trimEnd(),
    );
  if (diagnostics.length > 0) terminal.err(`\n${formatDiagnostics(diagnostics, source)}`);
  terminal.err(`\n${terminal.styleErr('cyan', '→')} ${next}`);
}

export const additionJson = (result: AddResult) => ({
  file: result.file,
  written: result.written,
  added: addedLines(result.before, result.after),
  ...diagnosticsJson(result.diagnostics),
  next,
});
