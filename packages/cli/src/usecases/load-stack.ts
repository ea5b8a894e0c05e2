/** services.yaml → the frozen stack. */
import { componentKinds } from '../components/index.ts';
import type { AnyKind } from '../model/resolve-bindings.ts';
import { resolveStack } from '../model/resolve.ts';
import type { Stack } from '../model/stack.ts';
import { UserError } from '../platform/errors.ts';
import type { Templates } from '../platform/templates.ts';
import { countDiagnostics, type Diagnostic } from '../spec/diagnostics.ts';
import { formatCounts, formatDiagnostics } from '../spec/format.ts';
import type { Source } from '../spec/source.ts';
import { readSpec, type ReadSpecOptions } from './read-spec.ts';

export interface LoadStackOptions extends ReadSpecOptions {
  readonly kinds?: readonly AnyKind[] | undefined;
}

export interface LoadedStack {
  readonly stack: Stack;
  /** Warnings and infos, by position. */
  readonly diagnostics: readonly Diagnostic[];
  /** For formatDiagnostics. */
  readonly sources: readonly Source[];
  /** What it is rendered from. */
  readonly templates: Templates;
  /** sha256 of the file's bytes. */
  readonly digest: string;
}

/** The spec, or a template of the project, has errors; the message shows all of them, `diagnostics` has them as data. */
export class InvalidSpecError extends UserError {
  override name = 'InvalidSpecError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], sources: readonly Source[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [file, ...others] = new Set(errors.map((error) => error.file));
    super(
      `${others.length > 0 ? `${others.length + 1} files have` : `${file} has`} ${formatCounts(countDiagnostics(errors))}\n\n${formatDiagnostics(errors, sources)}`,
      { next: ['Correct it, then run: hometrip validate'] },
    );
    this.diagnostics = diagnostics;
  }
}

/**
 * `file`: path of services.yaml. Throws InvalidSpecError when the spec has errors, UserError when there is no such file
 * or no overlay of that name.
 */
export async function loadStack(file: string, options: LoadStackOptions = {}): Promise<LoadedStack> {
  const kinds = options.kinds ?? componentKinds;
  const { spec, blueprints, ...read } = await readSpec(file, kinds, options);
  if (!spec) throw new InvalidSpecError(read.diagnostics, read.sources);
  return {
    ...read,
    stack: resolveStack(spec, { kinds, blueprints: blueprints.all, environment: options.env }),
  };
}
