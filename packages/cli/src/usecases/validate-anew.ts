import { componentKinds } from '../components/index.ts';
import type { Evidence } from '../platform/evidence.ts';
import { countDiagnostics } from '../spec/diagnostics.ts';
import { checkBytes, type ReadSpecOptions } from './read-spec.ts';
import type { Validation } from './validate.ts';

export function validateAnew(
  file: string,
  bytes: Uint8Array,
  options: ReadSpecOptions,
): Validation & { readonly evidence: Evidence } {
  const { spec, diagnostics, source, sources, environments, templates } = checkBytes(
    file,
    bytes,
    componentKinds,
    options,
  );
  const size = (group: object): number => Object.keys(group).length;
  return {
    valid: spec !== undefined,
    diagnostics,
    counts: countDiagnostics(diagnostics),
    source,
    sources,
    evidence: templates.evidence,
    summary: spec && {
      name: spec.name,
      services: size(spec.services),
      gateways: size(spec.gateways),
      components: size(spec.components),
      environments,
    },
  };
}
