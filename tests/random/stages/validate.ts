/** `hometrip validate`: a spec is valid, or each thing that is wrong has a place and a way out. */
import { componentKinds } from '../../../packages/cli/src/components/index.ts';
import { stockBlueprints } from '../../../packages/cli/src/spec/blueprints/load.ts';
import { checkSpec } from '../../../packages/cli/src/spec/check.ts';
import { codes } from '../../../packages/cli/src/spec/codes.ts';

const blueprints = stockBlueprints();

export type Verdict =
  | { readonly kind: 'valid' }
  /** Codes of what is wrong, each once. */
  | { readonly kind: 'refused'; readonly codes: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

export function validate(text: string): Verdict {
  try {
    const { spec, diagnostics } = checkSpec('services.yaml', new TextEncoder().encode(text), {
      kinds: componentKinds,
      blueprints,
    });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (spec !== undefined) return { kind: 'valid' };
    const [unhelpful] = errors.filter(
      ({ code, help, start, end }) =>
        (help ?? codes[code].fix) === '' ||
        start.line < 1 ||
        (end.line === start.line && end.column <= start.column),
    );
    if (unhelpful !== undefined || errors.length === 0)
      return { kind: 'failed', message: `refused without a place or help: ${JSON.stringify(unhelpful)}` };
    return { kind: 'refused', codes: [...new Set(errors.map(({ code }) => code))] };
  } catch (error) {
    return { kind: 'failed', message: String((error as Error).stack) };
  }
}
