import { z } from 'zod';
import { isIssuer, stock } from '../model/blueprints.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied } from './stack-context.ts';
import { runTask } from './task.ts';

const account = z.object({
  id: z.string(),
  email: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  suspended: z.boolean(),
});
const outcome = z.union([
  z.object({ changed: z.boolean(), account }),
  z.object({ admins: z.array(account) }),
]);

/** Who are admins, or whether the account became one or ceased to be one. */
export type AdminOutcome = z.infer<typeof outcome>;

/**
 * Runs the task `admin` of the service that issues tokens.
 * @throws UserError when the stack is not running or issues no tokens, and for what the task refuses.
 */
export async function administer(
  project: Pick<Project, 'root'>,
  args: readonly string[],
): Promise<AdminOutcome> {
  const { stack } = requireApplied(openStack(project));
  const issuer = stack.services.find(isIssuer);
  if (issuer === undefined)
    throw new UserError('this stack has no accounts: none of its services issues tokens', {
      next: [`give it one: a service with \`blueprint: ${stock.issuer}\` in services.yaml, then hometrip up`],
    });
  return outcome.parse(await runTask(project, issuer.name, ['admin', ...args]));
}
