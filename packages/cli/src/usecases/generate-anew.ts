/** services.yaml → planned files → disk, all of it: see generate.ts for the short way. */
import { applyPlan, isDrift, lockTree, planFiles, readTree, type PlannedFile } from '../files/index.ts';
import type { Stack } from '../model/stack.ts';
import { Evidence } from '../platform/evidence.ts';
import { outputFolder } from '../platform/output-folder.ts';
import type { Project } from '../platform/project.ts';
import { templates } from '../platform/templates.ts';
import { renderers } from '../renderers/index.ts';
import type { GenerateOptions, GenerateResult } from './generate.ts';
import { noteSpec } from './known-generation.ts';
import { loadStack } from './load-stack.ts';

/** @returns the result, and what it depended on */
export async function generateAnew(
  project: Project,
  options: GenerateOptions,
): Promise<{ readonly result: GenerateResult; readonly evidence: Evidence }> {
  const evidence = new Evidence();
  const { stack, digest } = await loadStack(
    project.specFile,
    options.env === undefined ? {} : { env: options.env },
  );
  noteSpec(evidence, project, digest);
  const rendered = await render(stack, project.output, options.allowDestructive ?? false, evidence);
  const choices = { restore: options.restore ?? [], adopt: options.adopt ?? false };
  const decide = () =>
    planFiles({ ...readTree(project.output, rendered, evidence), rendered, options: choices });
  const write = options.dryRun !== true;
  using lock = write ? await lockTree(project.output) : undefined;
  const plan = await decide();
  const drift = isDrift(plan);
  if (drift && lock !== undefined) await applyPlan(plan, { lock });
  return { result: { stack, plan, drift, applied: write }, evidence };
}

/** Everything that the stack renders to, sorted by path. */
export async function render(
  stack: Stack,
  out: string,
  allowDestructive: boolean,
  evidence = new Evidence(),
): Promise<readonly PlannedFile[]> {
  const context = { ...outputFolder(out, evidence), allowDestructive };
  const files: PlannedFile[] = [];
  for (const renderer of renderers) files.push(...(await renderer.render(stack, context)));
  evidence.add(templates.evidence);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
