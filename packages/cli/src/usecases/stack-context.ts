/** What the use cases about a running stack have in common. */
import { ownProcesses, POSTGRES } from '../model/own-processes.ts';
import type { Stack } from '../model/stack.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { stateDir, type StateDir } from '../platform/state-dir.ts';
import { instanceId, parseInstanceId, type EmbeddedDesired } from '../drivers/embedded/desired.ts';
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

/** Names of services, or of one replica each (`booking-service#2`). @throws UserError for what the stack does not have. */
export function requireInstances(
  { stack, replicas }: EmbeddedDesired,
  names: readonly string[],
  exists: (service: string, replica: number) => boolean = () => false,
): void {
  for (const name of names) {
    const instance = parseInstanceId(name);
    const service = instance?.service ?? name;
    requireServices(stack, [service]);
    const count = replicas[service] ?? 0;
    if (instance === undefined || exists(service, instance.replica)) continue;
    if (instance.replica >= 1 && instance.replica <= count) continue;
    const ids = Array.from({ length: count }, (_, index) => instanceId(service, index + 1));
    throw new UserError(`there is no instance ${name}`, {
      next: [
        ids.length === 0
          ? `start one: hometrip scale ${service}=1`
          : `choose ${ids.length === 1 ? ids.join() : `one of: ${ids.join(', ')}`}`,
      ],
    });
  }
}

/** @throws UserError with the nearest name for one that the stack does not have. */
export function requireServices(stack: Stack, names: readonly string[]): void {
  const known = stack.services.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const component = stack.components.find((one) => one.name === name);
    if (component?.external !== undefined)
      throw new UserError(`${name} runs elsewhere, and this is for services`, {
        next: [
          `its server is what components.${name}.external in services.yaml names: it is restarted where it runs`,
          'services find it again by themselves; to start them anew: hometrip restart',
        ],
      });
    if (component !== undefined || ownProcesses.includes(name))
      throw new UserError(`${name} is a component of the stack, and this is for services`, {
        next: [
          'hometrip restart, scale and exec take services; without a name, restart takes all of them',
          'a component starts again with the stack: hometrip down, then hometrip up; its data stays',
          `what it is doing: hometrip status, and hometrip logs ${ownProcesses.includes(name) ? name : POSTGRES}`,
        ],
      });
    throw new UserError(`there is no service "${name}" in this stack`, { next: [suggest(name, known)] });
  }
}
