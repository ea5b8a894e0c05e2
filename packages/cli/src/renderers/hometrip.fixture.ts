/** The committed services.yaml, rendered by the renderers that a test names. */
import { join } from 'node:path';
import type { PlannedFile } from '../files/planned-file.ts';
import type { Stack } from '../model/stack.ts';
import { installedVersion } from '../platform/installation.ts';
import { repository } from '../platform/repository.fixture.ts';
import { Templates } from '../platform/templates.ts';
import { loadStack } from '../usecases/load-stack.ts';
import { nothingBefore, type Renderer } from './renderer.ts';

export async function hometripStack(env?: string): Promise<Stack> {
  const { stack } = await loadStack(join(repository, 'services.yaml'), env === undefined ? {} : { env });
  return stack;
}

/** Path → content. */
export async function rendered(
  stack: Stack,
  ...renderers: readonly Renderer[]
): Promise<ReadonlyMap<string, PlannedFile>> {
  const context = {
    ...nothingBefore,
    templates: new Templates(),
    allowDestructive: false,
    version: installedVersion(),
  };
  const files = (await Promise.all(renderers.map((renderer) => renderer.render(stack, context)))).flat();
  return new Map(files.map((file) => [file.path, file]));
}
