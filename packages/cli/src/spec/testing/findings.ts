/** For tests: what `hometrip validate` prints about a small spec. */
import { componentKinds } from '../../components/index.ts';
import { type CheckOptions, checkSpec } from '../check.ts';
import { stockBlueprints } from '../blueprints/load.ts';
import { formatDiagnostics } from '../format.ts';

export function findingsOf(text: string | Uint8Array, options: Partial<CheckOptions> = {}): string {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const { diagnostics, source } = checkSpec('services.yaml', bytes, {
    kinds: componentKinds,
    blueprints: stockBlueprints(),
    ...options,
  });
  return formatDiagnostics(diagnostics, source);
}
