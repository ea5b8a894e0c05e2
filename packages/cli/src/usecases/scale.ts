import type { DriverEvent, Operation } from '../drivers/driver.ts';
import { rememberScale } from '../drivers/embedded/scale.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireServices } from './stack-context.ts';

const MAX_REPLICAS = 64;

export interface ScaleResult {
  readonly operations: readonly Operation[];
  /** Replicas of every service from now on. */
  readonly replicas: Readonly<Record<string, number>>;
}

/**
 * Changes the number of replicas without a dropped request. It holds until services.yaml says another number than it
 * did at the time.
 */
export async function scale(
  project: Pick<Project, 'root'>,
  replicas: Readonly<Record<string, number>>,
  report: (event: DriverEvent) => void,
  signal: AbortSignal,
): Promise<ScaleResult> {
  const context = openStack(project);
  const { dir, driver } = context;
  const applied = requireApplied(context);
  requireServices(applied.stack, Object.keys(replicas));
  for (const [service, count] of Object.entries(replicas)) {
    if (Number.isInteger(count) && count >= 0 && count <= MAX_REPLICAS) continue;
    throw new UserError(`${service} cannot have ${count} replicas`, {
      next: [`choose a whole number from 0 to ${MAX_REPLICAS}`],
    });
  }
  const observed = await driver.observe();
  if (!observed.running)
    throw new UserError('the stack is not running', { where: dir.project, next: ['start it: hometrip up'] });
  const desired = { ...applied, replicas: { ...applied.replicas, ...replicas }, only: undefined };
  const chosen = new Set(Object.keys(replicas));
  const operations = driver
    .plan(desired, observed)
    .filter(({ target }) => chosen.has(target.replace(/#\d+$/, '')));
  // What others have for the time being (hometrip dev) is nobody's wish.
  rememberScale(applied.stack, dir, replicas);
  await driver.perform(operations, desired, report, signal);
  return { operations, replicas: desired.replicas };
}
