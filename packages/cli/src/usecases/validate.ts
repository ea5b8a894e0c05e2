/** All findings about services.yaml; wrong input is a result here, not an error. */
import { componentKinds } from '../components/index.ts';
import { countDiagnostics, type Diagnostic, type DiagnosticCounts } from '../spec/diagnostics.ts';
import type { Source } from '../spec/source.ts';
import { readSpec, type ReadSpecOptions } from './read-spec.ts';

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

/** Without `env` every overlay is checked too. Throws UserError when there is no such file or overlay. */
export async function validate(file: string, options: ReadSpecOptions = {}): Promise<Validation> {
  const { spec, diagnostics, source, environments } = await readSpec(file, componentKinds, options);
  const size = (group: object): number => Object.keys(group).length;
  return {
    valid: spec !== undefined,
    diagnostics,
    counts: countDiagnostics(diagnostics),
    source,
    summary: spec && {
      name: spec.name,
      services: size(spec.services),
      gateways: size(spec.gateways),
      components: size(spec.components),
      environments,
    },
  };
}
