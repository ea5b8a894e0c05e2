import { z } from 'zod';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireServices } from './stack-context.ts';

const outcome = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    next: z.array(z.string()),
  }),
]);

/**
 * Runs a task of a service with the service's environment, in a process of its own; what it logs is with the logs of the service.
 * @returns what the task says, as JSON.
 * @throws UserError when the stack is not running, for a task that the service does not have, and for what the task refuses.
 */
export async function runTask(
  project: Pick<Project, 'root'>,
  service: string,
  args: readonly string[],
): Promise<unknown> {
  const context = openStack(project);
  requireServices(requireApplied(context).stack, [service]);
  const { output, log } = await context.driver.task(service, args);
  const parsed = outcome.safeParse(parseLastLine(output));
  if (!parsed.success)
    throw new UserError(`the task ended without an answer`, {
      where: log,
      next: [`read why: hometrip logs ${service}`, 'look whether all of the stack is up: hometrip status'],
    });
  if (parsed.data.ok) return parsed.data.result;
  throw new UserError(parsed.data.message, { next: parsed.data.next });
}

function parseLastLine(output: string): unknown {
  try {
    return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
