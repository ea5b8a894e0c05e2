/** What is wrong with a text template of the project, as findings with their places. */
import type { TemplateFinding } from '../platform/template-check.ts';
import { type Diagnostic, Findings, sortDiagnostics } from './diagnostics.ts';
import { suggest } from './nearest.ts';
import { createSource, type Source } from './source.ts';

export function templateDiagnostics(
  file: string,
  text: string,
  found: readonly TemplateFinding[],
): { readonly diagnostics: readonly Diagnostic[]; readonly source: Source } {
  const source = createSource(file, text);
  const findings = new Findings(source);
  for (const { line, column, length, message, unknown } of found) {
    const start = (source.lineStarts[line - 1] ?? 0) + column - 1;
    findings.add(
      'HT0384',
      { start, end: start + length },
      message,
      unknown === undefined ? undefined : suggestAll(unknown.name, unknown.names),
    );
  }
  return { diagnostics: sortDiagnostics(findings.all), source };
}

/** What was meant, and all there is: a view has few names, and they are told nowhere else. */
function suggestAll(name: string, names: readonly string[]): string {
  const near = suggest(name, names);
  return near.startsWith('did') ? `${near} There are: ${names.join(', ')}` : near;
}
