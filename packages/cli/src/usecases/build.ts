/** Services as folders that are ready to be copied into images: no network, no package manager. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Service, Stack } from '../model/stack.ts';
import { CompileFailure, explainFailures } from '../platform/building/esbuild.ts';
import { UserError } from '../platform/errors.ts';
import { type BuiltImage, imageFiles, writeImage } from '../platform/image/image.ts';
import type { Project } from '../platform/project.ts';
import { generate, type GenerateResult } from './generate.ts';
import { requireServices } from './stack-context.ts';

export interface BuildOptions {
  readonly env?: string | undefined;
  /** Only these. */
  readonly services?: readonly string[];
  readonly allowDestructive?: boolean;
}

export interface BuildResult {
  readonly stack: string;
  readonly images: readonly ImageOfService[];
  readonly generated: GenerateResult;
  readonly durationMs: number;
}

export interface ImageOfService extends BuiltImage {
  readonly service: string;
  /** As Docker is told: the service's folder, relative to the project. */
  readonly context: string;
}

/** As many as there are cores to compile on; each keeps all its modules in memory. */
const AT_ONCE = 2;

/**
 * Generates, then bundles. Nothing is written while any of the services does not compile.
 *
 * @throws UserError with the findings about all of them
 */
export async function build(project: Project, options: BuildOptions = {}): Promise<BuildResult> {
  const startedAt = performance.now();
  const generated = await generate(project, {
    env: options.env,
    allowDestructive: options.allowDestructive ?? false,
  });
  const { stack } = generated;
  requireServices(stack, options.services ?? []);
  const wanted = stack.services.filter(({ name }) => options.services?.includes(name) ?? true);
  const requests = wanted.map((service) => requestFor(service, stack, project));
  const results = await settledAll(requests, imageFiles);
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (failures.length > 0) throw await explained(project.root, failures);
  const images: ImageOfService[] = [];
  for (const [index, { name }] of wanted.entries()) {
    const result = results[index];
    const folder = requests[index]?.folder ?? '';
    if (result?.status !== 'fulfilled') continue;
    const image = await writeImage(folder, result.value);
    images.push({ service: name, context: relative(project.root, folder).replaceAll(sep, '/'), ...image });
  }
  return { stack: stack.name, images, generated, durationMs: Math.round(performance.now() - startedAt) };
}

function requestFor({ name, blueprint }: Service, stack: Stack, { root, output }: Project) {
  const source = stack.workloads.find((workload) => workload.name === name)?.source ?? `services/${name}`;
  const folder = join(output, source);
  if (!existsSync(join(folder, 'src', 'main.ts')))
    throw new UserError(`${name} has no main.ts`, {
      where: join(folder, 'src', 'main.ts'),
      next: [`bring it back: hometrip generate --restore ${source}/src/main.ts`],
    });
  return { project: root, folder, assets: blueprint.assets };
}

async function settledAll<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue)
      [results[index]] = (await Promise.allSettled([work(item)])) as [PromiseSettledResult<R>];
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** One error for all that do not compile; anything else comes first, by itself. */
async function explained(project: string, failures: readonly unknown[]): Promise<unknown> {
  const compile = failures.filter((failure) => failure instanceof CompileFailure);
  const other = failures.find((failure) => !(failure instanceof CompileFailure));
  return other ?? (await explainFailures(project, compile));
}
