/** services.yaml → planned files → disk; at once when nothing has changed since the last time there was nothing to do. */
import type { CodeFinding } from './own-documents.ts';
import type { FilePlan } from '../files/file-plan.ts';
import type { Stack } from '../model/stack.ts';
import { codeIdentity } from '../platform/known.ts';
import type { Project } from '../platform/project.ts';
import { recall, remember } from './known-generation.ts';

export interface GenerateOptions {
  readonly env?: string | undefined;
  /** Decide only; write nothing. */
  readonly dryRun?: boolean;
  /** Paths below the output folder to bring back although the user deleted them. */
  readonly restore?: readonly string[];
  /** Take over files that are in the way: all of them, or these paths. */
  readonly adopt?: boolean | readonly string[];
  readonly allowDestructive?: boolean;
}

export interface GenerateResult {
  readonly stack: Stack;
  readonly plan: Pick<FilePlan, 'entries' | 'writes'>;
  /** Something is to write, or waits for the user: what `--check` asks. */
  readonly drift: boolean;
  readonly applied: boolean;
  /** Services whose code could not say which routes it has; their documents stay as they are. */
  readonly findings: readonly CodeFinding[];
}

/**
 * Throws a UserError with all diagnostics when services.yaml has errors. Files in conflict are in the plan, not thrown.
 *
 * @param code Of what renders and decides; undefined: every run works everything out.
 */
export async function generate(
  project: Project,
  options: GenerateOptions = {},
  code: string | undefined = codeIdentity(import.meta.url),
): Promise<GenerateResult> {
  const { env, allowDestructive = false } = options;
  // Wishes about single files have an answer of their own.
  const { restore = [], adopt = [] } = options;
  const plain = restore.length === 0 && (adopt === false || (adopt !== true && adopt.length === 0));
  const question = { code: plain ? code : undefined, env, allowDestructive };
  const known = recall(project, question);
  if (known !== undefined)
    return {
      get stack() {
        return known.stack;
      },
      plan: { entries: known.entries, writes: [] },
      drift: false,
      applied: options.dryRun !== true,
      // What was found is never kept.
      findings: [],
    };
  const { generateAnew } = await import('./generate-anew.ts');
  const { result, evidence, settled } = await generateAnew(project, options);
  if (settled) remember(project, question, evidence, { stack: result.stack, entries: result.plan.entries });
  return result;
}
