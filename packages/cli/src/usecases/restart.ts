import type { DriverEvent, Operation } from '../drivers/driver.ts';
import { idOf } from '../drivers/embedded/desired.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireServices } from './stack-context.ts';

/** Replaces every instance of these services (default: of all), one at a time per service: a new one is ready before the old one goes. */
export async function restart(
  project: Pick<Project, 'root'>,
  services: readonly string[],
  report: (event: DriverEvent) => void,
  signal: AbortSignal,
): Promise<{ readonly operations: readonly Operation[] }> {
  const context = openStack(project);
  const applied = requireApplied(context);
  requireServices(applied.stack, services);
  const { running, instances } = await context.driver.observe();
  if (!running)
    throw new UserError('the stack is not running', {
      where: context.dir.project,
      next: ['start it: hometrip up'],
    });
  const operations = instances
    .filter(({ service }) => services.length === 0 || services.includes(service))
    .map(
      (instance): Operation => ({
        kind: 'replace',
        target: idOf(instance),
        cause: 'because restart was asked for',
      }),
    );
  await context.driver.perform(operations, applied, report, signal);
  return { operations };
}
