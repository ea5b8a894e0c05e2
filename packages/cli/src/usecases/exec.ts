import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireServices } from './stack-context.ts';

/** Runs a command with an instance's environment, in the service's folder, in the user's terminal; resolves to its exit code. */
export async function exec(
  project: Pick<Project, 'root'>,
  target: { readonly service: string; readonly replica?: number },
  command: readonly string[],
): Promise<number> {
  const context = openStack(project);
  requireServices(requireApplied(context).stack, [target.service]);
  return await context.driver.exec({ service: target.service, replica: target.replica ?? 1 }, command);
}
