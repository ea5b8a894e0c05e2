/** What the use cases about a running stack have in common. */
import type { Stack } from '../model/stack.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { stateDir, type StateDir } from '../platform/state-dir.ts';
import type { EmbeddedDesired } from '../drivers/embedded/desired.ts';
import { createEmbeddedDriver, type EmbeddedDriver } from '../drivers/embedded/embedded.ts';
import { suggest } from '../spec/nearest.ts';

export interface StackContext {
  readonly dir: StateDir;
  readonly driver: EmbeddedDriver;
}

export function openStack(project: Pick<Project, 'root'>): StackContext {
  const dir = stateDir(project.root);
  return { dir, driver: createEmbeddedDriver(dir) };
}

/** What was applied last. @throws UserError when the stack never ran. */
export function requireApplied({ driver, dir }: StackContext): EmbeddedDesired {
  const applied = driver.applied();
  if (applied !== undefined) return applied;
  throw new UserError('this stack was never started', {
    where: dir.project,
    next: ['start it: hometrip up'],
  });
}

/** @throws UserError with the nearest name for one that the stack does not have. */
export function requireServices(stack: Stack, names: readonly string[]): void {
  const known = stack.services.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name))
      throw new UserError(`there is no service "${name}" in this stack`, { next: [suggest(name, known)] });
  }
}
