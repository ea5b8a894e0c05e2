/** services.yaml → planned files → disk, all of it: see generate.ts for the short way. */
import {
  applyPlan,
  covers,
  type FilePlan,
  isDrift,
  lockTree,
  planFiles,
  readTree,
  type PlannedFile,
} from '../files/index.ts';
import type { Stack } from '../model/stack.ts';
import { Evidence } from '../platform/evidence.ts';
import { installedVersion } from '../platform/installation.ts';
import { outputFolder } from '../platform/output-folder.ts';
import type { Project } from '../platform/project.ts';
import { InvalidTemplate, type Templates } from '../platform/templates.ts';
import { renderers } from '../renderers/index.ts';
import { type RenderContext, nothingBefore } from '../renderers/renderer.ts';
import { templateDiagnostics } from '../spec/templates.ts';
import { draftsOf, type Drafts } from './drafts.ts';
import type { GenerateOptions, GenerateResult } from './generate.ts';
import { noteSpec } from './known-generation.ts';
import { InvalidSpecError, loadStack } from './load-stack.ts';

export interface NewGeneration {
  readonly result: GenerateResult;
  /** All that the result depends on. */
  readonly evidence: Evidence;
  /** A run like this one would change nothing, not even in our records: its result may be kept. */
  readonly settled: boolean;
}

export async function generateAnew(project: Project, options: GenerateOptions): Promise<NewGeneration> {
  const evidence = new Evidence();
  const { stack, templates, digest } = await loadStack(
    project.specFile,
    options.env === undefined ? {} : { env: options.env },
  );
  noteSpec(evidence, project, digest);
  const decide = async (): Promise<{ plan: FilePlan; rendered: readonly PlannedFile[]; drafts: Drafts }> => {
    const drafts = await draftsOf(project, evidence);
    const rendered = await render({ stack, templates }, project.output, options, drafts, evidence);
    const plan = await planFiles({
      ...readTree(project.output, rendered, evidence),
      rendered,
      options: {
        restore: options.restore ?? [],
        adopt: options.adopt ?? false,
        released: drafts.abandoned(rendered),
      },
    });
    return { plan, rendered, drafts };
  };
  const outcome = ({ plan, rendered, drafts }: Awaited<ReturnType<typeof decide>>): NewGeneration => {
    const drift = isDrift(plan);
    const result = { stack, plan, drift, applied: options.dryRun !== true };
    return { result, evidence, settled: !drift && drafts.isSettled(rendered) };
  };
  if (options.dryRun === true) return outcome(await decide());
  using lock = await lockTree(project.output);
  const decision = await decide();
  const { plan, rendered, drafts } = decision;
  const found = outcome(decision);
  // A run that is killed in between finds the old migrations or the new ones, and the record knows both.
  drafts.announce(rendered);
  if (found.result.drift) await applyPlan(plan, { lock });
  drafts.settle(rendered);
  return found;
}

/** Everything that the stack renders to, sorted by path. */
export async function render(
  { stack, templates }: { readonly stack: Stack; readonly templates: Templates },
  out: string,
  options: Pick<GenerateOptions, 'allowDestructive' | 'restore'>,
  drafts?: Drafts,
  evidence = new Evidence(),
): Promise<readonly PlannedFile[]> {
  const context: RenderContext = {
    ...nothingBefore,
    templates,
    ...outputFolder(out, evidence),
    remembered: memoryOf(out, evidence),
    restores: (path) => covers(options.restore ?? [], path),
    ...(drafts !== undefined && { drafts: drafts.usable }),
    allowDestructive: options.allowDestructive ?? false,
    version: installedVersion(),
  };
  const files: PlannedFile[] = [];
  try {
    for (const renderer of renderers) files.push(...(await renderer.render(stack, context)));
  } catch (error) {
    throw error instanceof InvalidTemplate ? invalidTemplate(error) : error;
  }
  evidence.add(templates.evidence);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function invalidTemplate({ file, text, findings }: InvalidTemplate): InvalidSpecError {
  const { diagnostics, source } = templateDiagnostics(file, text, findings);
  return new InvalidSpecError(diagnostics, [source]);
}

/** Our records are read on the first question: usually nothing is missing, and nobody asks. */
function memoryOf(out: string, evidence: Evidence): RenderContext['remembered'] {
  let tree: ReturnType<typeof readTree> | undefined;
  return (path) => {
    tree ??= readTree(out, [], evidence);
    return tree.manifest.has(path) ? tree.base(path)?.base : undefined;
  };
}
