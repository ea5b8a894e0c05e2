/**
 * All findings about services.yaml; wrong input is a result here, not an error. They follow from the text and the code
 * alone: a text that this code found nothing wrong with need not be checked again.
 */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { codeIdentity, readKnown, writeKnown } from '../platform/known.ts';
import { type Diagnostic, type DiagnosticCounts, countDiagnostics } from '../spec/diagnostics.ts';
import { readText } from '../spec/read.ts';
import type { Source } from '../spec/source.ts';
import type { ReadSpecOptions } from './read-spec.ts';
import { readSpecFile } from './spec-file.ts';

export interface Validation {
  /** No errors; warnings do not count. */
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: DiagnosticCounts;
  /** For formatDiagnostics. */
  readonly source: Source;
  /** undefined when there are errors. */
  readonly summary:
    | {
        readonly name: string;
        readonly services: number;
        readonly gateways: number;
        readonly components: number;
        readonly environments: readonly string[];
      }
    | undefined;
}

export interface ValidateOptions extends ReadSpecOptions {
  /** File that keeps the answer for the next time; missing: none. */
  readonly keep?: string;
}

/**
 * Without `env` every overlay is checked too. Throws UserError when there is no such file or overlay.
 *
 * @param code Of what checks; undefined: nothing is kept.
 */
export async function validate(
  file: string,
  options: ValidateOptions = {},
  code: string | undefined = codeIdentity(import.meta.url),
): Promise<Validation> {
  const bytes = await readSpecFile(file);
  const { keep, env, variables } = options;
  const kept = keep !== undefined && code !== undefined && variables === undefined ? keep : undefined;
  const key = [
    'validate 1',
    code ?? '',
    basename(file),
    env === undefined ? '-' : `env ${env}`,
    hash('sha256', bytes),
  ];
  const [known] = (kept === undefined ? undefined : readKnown(kept, key)) ?? [];
  if (known !== undefined) {
    const { source } = readText(basename(file), bytes);
    const summary = JSON.parse(known) as Validation['summary'];
    return { valid: true, diagnostics: [], counts: countDiagnostics([]), source, summary };
  }
  const { validateAnew } = await import('./validate-anew.ts');
  const result = validateAnew(file, bytes, { env, variables });
  if (kept !== undefined && result.valid && result.diagnostics.length === 0)
    writeKnown(kept, key, [JSON.stringify(result.summary)]);
  return result;
}
