/** Which component serves a service with which capability, and the databases that follow from it. */
import type { ComponentKind } from '../components/component.ts';
import type { ComponentSpec, GatewaySpec, ServiceSpec, Spec } from '../spec/schema.ts';
import { type Blueprint, needsOf } from './blueprints.ts';
import { shortName, snakeCase } from './names.ts';
import type { Binding, Capability, Database } from './stack.ts';

export type AnyKind = ComponentKind<any>;

export interface Declared {
  readonly name: string;
  readonly kind: AnyKind;
  readonly spec: ComponentSpec;
}

/** Capabilities that store a service's own data: chosen by `database`. */
export const storeCapabilities: readonly Capability[] = ['database', 'documents'];
/** Capabilities that a service asks for with `uses`. */
export const chosenCapabilities: readonly Capability[] = ['cache', 'mail', 'pubsub', 'rate-limit', 'search'];

/** The declared components whose kind is known, by name. */
export function declaredComponents(spec: Spec, kinds: readonly AnyKind[]): Declared[] {
  return Object.keys(spec.components)
    .sort()
    .flatMap((name) => {
      const kind = kinds.find((candidate) => candidate.kind === name);
      const component = spec.components[name];
      return kind && component ? [{ name, kind, spec: component }] : [];
    });
}

type AnyService = GatewaySpec | ServiceSpec;
export const databaseOf = (service: AnyService): string | undefined =>
  'database' in service ? service.database : undefined;

/** What a service wants of this component; empty when it has nothing to do with it. */
function wanted(
  service: AnyService,
  blueprint: Blueprint | undefined,
  component: Declared,
): readonly Capability[] {
  const stores = databaseOf(service) === component.name;
  const chosen = stores || service.uses.includes(component.name);
  const events =
    service.publishes.length > 0 || service.subscribes.length > 0 || needsOf(blueprint).includes('events');
  return component.kind.capabilities.filter((capability) => {
    if (storeCapabilities.includes(capability)) return stores;
    if (chosenCapabilities.includes(capability)) return chosen;
    return capability === 'events' ? events : true;
  });
}

/** Sorted by capability. */
export function resolveBindings(
  name: string,
  service: AnyService,
  blueprint: Blueprint | undefined,
  components: readonly Declared[],
  own: readonly Database[],
): Binding[] {
  const needs = components
    .map((component) => ({ component, capabilities: wanted(service, blueprint, component) }))
    .filter(({ capabilities }) => capabilities.length > 0);
  const consumer = {
    name,
    database: databaseOf(service),
    uses: needs.map(({ component }) => component.name),
  };
  return needs
    .flatMap(({ component, capabilities }) =>
      component.kind
        .bindings({
          name: component.name,
          params: component.spec.params,
          external: component.spec.external,
          service: consumer,
          databases: own,
        })
        .filter((binding) => capabilities.includes(binding.capability)),
    )
    .sort((a, b) => (a.capability < b.capability ? -1 : 1));
}

export const databaseName = (service: string): string => snakeCase(shortName(service));

/** The database of one service, before its component says whose password opens it. */
export function resolveDatabase(
  name: string,
  service: AnyService,
  blueprint: Blueprint | undefined,
): Database[] {
  const component = databaseOf(service);
  if (component === undefined) return [];
  const extensions = component === 'postgres' ? [...(blueprint?.extensions ?? [])].sort() : [];
  return [
    {
      name: databaseName(name),
      component,
      service: name,
      extensions,
      secret: `${shortName(name)}-database-password`,
    },
  ];
}
