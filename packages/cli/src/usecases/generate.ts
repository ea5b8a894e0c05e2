/** services.yaml → planned files → disk. */
import {
  applyPlan,
  covers,
  isDrift,
  lockTree,
  planFiles,
  readTree,
  type FilePlan,
  type PlannedFile,
} from '../files/index.ts';
import type { Stack } from '../model/stack.ts';
import { outputFolder } from '../platform/output-folder.ts';
import type { Project } from '../platform/project.ts';
import { renderers } from '../renderers/index.ts';
import { type RenderContext, nothingBefore } from '../renderers/renderer.ts';
import { draftsOf, type Drafts } from './drafts.ts';
import { loadStack } from './load-stack.ts';

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
  readonly plan: FilePlan;
  readonly applied: boolean;
}

/** Throws a UserError with all diagnostics when services.yaml has errors. Files in conflict are in the plan, not thrown. */
export async function generate(project: Project, options: GenerateOptions = {}): Promise<GenerateResult> {
  const { stack } = await loadStack(project.specFile, options.env === undefined ? {} : { env: options.env });
  const decide = async (): Promise<{ plan: FilePlan; rendered: readonly PlannedFile[]; drafts: Drafts }> => {
    const drafts = await draftsOf(project);
    const rendered = await render(stack, project.output, options, drafts);
    const plan = await planFiles({
      ...readTree(project.output, rendered),
      rendered,
      options: {
        restore: options.restore ?? [],
        adopt: options.adopt ?? false,
        released: drafts.abandoned(rendered),
      },
    });
    return { plan, rendered, drafts };
  };
  if (options.dryRun === true) return { stack, plan: (await decide()).plan, applied: false };
  using lock = await lockTree(project.output);
  const { plan, rendered, drafts } = await decide();
  // A run that is killed in between finds the old migrations or the new ones, and the record knows both.
  drafts.announce(rendered);
  if (isDrift(plan)) await applyPlan(plan, { lock });
  drafts.settle(rendered);
  return { stack, plan, applied: true };
}

/** Everything that the stack renders to, sorted by path. */
export async function render(
  stack: Stack,
  out: string,
  options: Pick<GenerateOptions, 'allowDestructive' | 'restore'>,
  drafts?: Drafts,
): Promise<readonly PlannedFile[]> {
  const context: RenderContext = {
    ...nothingBefore,
    ...outputFolder(out),
    remembered: memoryOf(out),
    restores: (path) => covers(options.restore ?? [], path),
    ...(drafts !== undefined && { drafts: drafts.usable }),
    allowDestructive: options.allowDestructive ?? false,
  };
  const files: PlannedFile[] = [];
  for (const renderer of renderers) files.push(...(await renderer.render(stack, context)));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Our records are read on the first question: usually nothing is missing, and nobody asks. */
function memoryOf(out: string): RenderContext['remembered'] {
  let tree: ReturnType<typeof readTree> | undefined;
  return (path) => {
    tree ??= readTree(out, []);
    return tree.manifest.has(path) ? tree.base(path)?.base : undefined;
  };
}
