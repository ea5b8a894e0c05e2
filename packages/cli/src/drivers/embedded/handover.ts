/** A service with another name takes over the database of its earlier one. */
import { databaseName } from '../../model/resolve-bindings.ts';
import type { Service, Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';

export interface Handover {
  readonly service: string;
  /** The service's earlier name. */
  readonly from: string;
  readonly database: { readonly from: string; readonly to: string };
}

/** @param present Names of the databases on the embedded server. */
export function handovers(stack: Stack, present: readonly string[]): readonly Handover[] {
  return renamed(stack)
    .filter(({ component }) => !isExternal(stack, component))
    .map(({ service, from, database }) => ({
      service: service.name,
      from,
      database: { from: databaseName(from), to: database },
    }))
    .filter(({ database: { from, to } }) => present.includes(from) && !present.includes(to));
}

/**
 * On a server of the user's nothing is renamed behind their back, and nobody can see from here whether it was done.
 * @throws UserError that says what to do instead.
 */
export function refuseExternalHandovers(stack: Stack): void {
  const [first] = renamed(stack).filter(({ component }) => isExternal(stack, component));
  if (first === undefined) return;
  const { service, from, component, database } = first;
  throw new UserError(
    `${service.name} is to take over the data of ${from}, which is on an external server (${component})`,
    {
      where: `services.yaml: services.${service.name}.renamedFrom`,
      next: [
        `stop ${from}, and see on that server that ${service.name} finds its data: where it has a database of its own, alter database ${databaseName(from)} rename to ${database}`,
        'then take renamedFrom away and run hometrip up: the migrations are handed over already',
      ],
    },
  );
}

/** Services with an earlier name that store something. */
function renamed(
  stack: Stack,
): readonly { service: Service; from: string; component: string; database: string }[] {
  return stack.services.flatMap((service) => {
    const own = stack.databases.find((database) => database.service === service.name);
    return own === undefined || service.renamedFrom === undefined
      ? []
      : [{ service, from: service.renamedFrom, component: own.component, database: own.name }];
  });
}

const isExternal = ({ components }: Stack, component: string): boolean =>
  components.find(({ name }) => name === component)?.external !== undefined;
