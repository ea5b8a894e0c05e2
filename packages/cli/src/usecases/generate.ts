/** services.yaml → planned files → disk. */
import {
  applyPlan,
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
  const rendered = await render(stack, project.output, options.allowDestructive ?? false);
  const choices = { restore: options.restore ?? [], adopt: options.adopt ?? false };
  const decide = () => planFiles({ ...readTree(project.output, rendered), rendered, options: choices });
  if (options.dryRun === true) return { stack, plan: await decide(), applied: false };
  using lock = await lockTree(project.output);
  const plan = await decide();
  if (isDrift(plan)) await applyPlan(plan, { lock });
  return { stack, plan, applied: true };
}

/** Everything that the stack renders to, sorted by path. */
export async function render(
  stack: Stack,
  out: string,
  allowDestructive: boolean,
): Promise<readonly PlannedFile[]> {
  const context = { ...outputFolder(out), allowDestructive };
  const files: PlannedFile[] = [];
  for (const renderer of renderers) files.push(...(await renderer.render(stack, context)));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
