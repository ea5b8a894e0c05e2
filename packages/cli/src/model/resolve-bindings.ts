/** Which component serves a service with which capability, and the databases that follow from it. */
import { hash } from 'node:crypto';
import type { ComponentKind } from '../components/component.ts';
import type { ComponentSpec, GatewaySpec, ServiceSpec, Spec } from '../spec/schema.ts';
import { blueprints } from './blueprints.ts';
import { limits } from './limits.ts';
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
function wanted(service: AnyService, component: Declared): readonly Capability[] {
  const stores = databaseOf(service) === component.name;
  const chosen = stores || service.uses.includes(component.name);
  const events = service.publishes.length > 0 || service.subscribes.length > 0;
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
  components: readonly Declared[],
  own: readonly Database[],
  stack: string,
): Binding[] {
  const needs = components
    .map((component) => ({ component, capabilities: wanted(service, component) }))
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
          stack,
          external: component.spec.external,
          address: component.spec.addresses[name],
          service: consumer,
          databases: own,
        })
        .filter((binding) => capabilities.includes(binding.capability)),
    )
    .sort((a, b) => (a.capability < b.capability ? -1 : 1));
}

export const databaseName = (service: string): string => snakeCase(shortName(service));

/** On a server that others use as well: never that of another system. What is too long ends with a checksum. */
function sharedName(stack: string, service: string): string {
  const name = `${snakeCase(stack)}_${databaseName(service)}`;
  if (name.length <= limits.sqlName) return name;
  return `${name.slice(0, limits.sqlName - 9)}_${hash('sha256', name).slice(0, 8)}`;
}

/** The database of one service, before its component says whose password opens it. */
export function resolveDatabase(
  name: string,
  service: AnyService,
  components: readonly Declared[],
  stack: string,
): Database[] {
  const component = databaseOf(service);
  if (component === undefined) return [];
  const { external, addresses = {} } = components.find((one) => one.name === component)?.spec ?? {};
  const place = addresses[name] !== undefined ? 'address' : external !== undefined ? 'server' : 'stack';
  const blueprint = blueprints.find(({ id }) => id === service.blueprint);
  const extensions = component === 'postgres' ? [...(blueprint?.extensions ?? [])].sort() : [];
  return [
    {
      name: place === 'server' ? sharedName(stack, name) : databaseName(name),
      place,
      component,
      service: name,
      extensions,
      secret: `${shortName(name)}-database-password`,
    },
  ];
}
