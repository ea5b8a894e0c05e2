/** Services and gateways: complete, working packages on @hometrip/runtime. */
import type { PlannedFile } from '../../files/planned-file.ts';
import type { Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';
import type { RenderContext, Renderer } from '../renderer.ts';
import { type ServiceFiles, serviceFiles } from './service-files.ts';
import type { Refusal } from './sql/migrations.ts';
import { UnmappedField } from './views/events.ts';

export const servicesRenderer: Renderer = {
  id: 'services',
  description: 'A package for each service: source, tests, migrations, Dockerfile, OpenAPI document',
  render: renderServices,
};

/** @throws UserError naming every change that would lose data, or that needs a decision, of all services at once. */
export function renderServices(stack: Stack, context: RenderContext): PlannedFile[] {
  const results = stack.services.map((service) => explained(() => serviceFiles(stack, service, context)));
  const refusals = results.flatMap((result) => result.refusals);
  if (refusals.length > 0) throw refused(refusals);
  return results.flatMap(({ files }) => files);
}

function refused(refusals: readonly Refusal[]): UserError {
  const lost = refusals.filter(({ kind }) => kind === 'lost');
  const shown = lost.length > 0 ? lost : refusals;
  const has = (kind: Refusal['kind']) => shown.some((refusal) => refusal.kind === kind);
  return new UserError(
    `${lost.length > 0 ? 'the history of migrations is not whole' : 'the entities cannot change like this'}:\n${shown.map(({ message }) => `  ${message}`).join('\n')}`,
    {
      ...(lost.length === 0 && { where: 'services.yaml' }),
      next: [
        ...new Set(shown.flatMap(({ next }) => next ?? [])),
        ...(shown.some(({ message }) => message.includes('and existing records '))
          ? ['give the new field a default, or make it optional with ?']
          : []),
        ...(has('destructive')
          ? [
              'to lose it, or to narrow it although records may be in the way: the same command with --allow-destructive',
              'or put back in services.yaml what is missing',
            ]
          : []),
      ],
    },
  );
}

function explained(render: () => ServiceFiles): ServiceFiles {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof UnmappedField)) throw error;
    throw new UserError(`${error.message}, so it cannot be published when one changes`, {
      where: `services.yaml: events.${error.event}.${error.field}`,
      next: [
        `give ${error.entity} a required field ${error.field} of the same type`,
        `or make it optional in the event: ${error.field}: …?`,
        'or give the event another name, and publish it in code of your own',
      ],
      cause: error,
    });
  }
}
