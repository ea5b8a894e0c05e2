import { componentKinds } from '../../../components/index.ts';
import { resolveStack } from '../../../model/resolve.ts';
import type { Stack } from '../../../model/stack.ts';
import { stockBlueprints } from '../../../spec/blueprints/load.ts';
import { checkSpec } from '../../../spec/check.ts';

/** The stack of a specification without its first two lines, and without a file. */
export function stackOf(text: string): Stack {
  const blueprints = stockBlueprints();
  const bytes = new TextEncoder().encode(`name: fixture\nversion: 1\n${text}`);
  const { spec, diagnostics } = checkSpec('services.yaml', bytes, { kinds: componentKinds, blueprints });
  if (!spec) throw new Error(JSON.stringify(diagnostics));
  return resolveStack(spec, { kinds: componentKinds, blueprints: blueprints.all });
}
