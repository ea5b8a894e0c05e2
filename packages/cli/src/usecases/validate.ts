/**
 * All findings about services.yaml and the project's templates; wrong input is a result here, not an error. They follow from
 * these texts and the code alone: what this code found nothing wrong with need not be checked again.
 */
import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { type Seen, stillSeen } from '../platform/evidence.ts';
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
  /** services.yaml. */
  readonly source: Source;
  /** For formatDiagnostics: all files that findings are about. */
  readonly sources: readonly Source[];
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
    'validate 2',
    code ?? '',
    basename(file),
    env === undefined ? '-' : `env ${env}`,
    hash('sha256', bytes),
  ];
  const [known, seen] = (kept === undefined ? undefined : readKnown(kept, key)) ?? [];
  if (known !== undefined && seen !== undefined && isAsItWas(JSON.parse(seen) as Seen)) {
    const { source } = readText(basename(file), bytes);
    const summary = JSON.parse(known) as Validation['summary'];
    return { valid: true, diagnostics: [], counts: countDiagnostics([]), source, sources: [source], summary };
  }
  const { validateAnew } = await import('./validate-anew.ts');
  const { evidence, ...result } = validateAnew(file, bytes, { env, variables });
  const read = evidence.seen();
  if (kept !== undefined && read !== undefined && result.valid && result.diagnostics.length === 0)
    writeKnown(kept, key, [JSON.stringify(result.summary), JSON.stringify(read)]);
  return result;
}

/** Templates are files and folders, nothing else. */
function isAsItWas(seen: Seen): boolean {
  try {
    return stillSeen(seen, { node: () => '', history: () => '' });
  } catch {
    return false;
  }
}
