/** Which component serves a service with which capability, and the databases that follow from it. */
import { hash } from 'node:crypto';
import type { ComponentKind } from '../components/component.ts';
import type { ComponentSpec, GatewaySpec, ServiceSpec, Spec } from '../spec/schema.ts';
import { type Blueprint, needsOf } from './blueprints.ts';
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
function wanted(
  service: AnyService,
  blueprint: Blueprint | undefined,
  component: Declared,
  implied: readonly Capability[],
): readonly Capability[] {
  const stores = databaseOf(service) === component.name;
  const chosen = isChosen(service, component.name);
  const events =
    service.publishes.length > 0 || service.subscribes.length > 0 || needsOf(blueprint).includes('events');
  return component.kind.capabilities.filter((capability) => {
    if (storeCapabilities.includes(capability)) return stores;
    if (chosenCapabilities.includes(capability)) return chosen || implied.includes(capability);
    return capability === 'events' ? events : true;
  });
}

const isChosen = (service: AnyService, component: string): boolean =>
  databaseOf(service) === component || service.uses.includes(component);

/**
 * What the runtime itself needs, in every service: revoked tokens are announced over pub/sub to all who verify tokens. A stack
 * without such a component goes on without; `validate` says so.
 */
export const impliedCapabilities = (hasIssuer: boolean): readonly Capability[] =>
  hasIssuer ? ['pubsub'] : [];

/** Sorted by capability. */
export function resolveBindings(
  name: string,
  service: AnyService,
  blueprint: Blueprint | undefined,
  components: readonly Declared[],
  own: readonly Database[],
  stack: string,
  implied: readonly Capability[] = [],
): Binding[] {
  const needs = components
    .map((component) => ({ component, capabilities: wanted(service, blueprint, component, implied) }))
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
        .filter((binding) => capabilities.includes(binding.capability))
        .map((binding) =>
          chosenCapabilities.includes(binding.capability) && !isChosen(service, component.name)
            ? { ...binding, implied: true as const }
            : binding,
        ),
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
  blueprint: Blueprint | undefined,
  components: readonly Declared[],
  stack: string,
): Database[] {
  const component = databaseOf(service);
  if (component === undefined) return [];
  const { external, addresses = {} } = components.find((one) => one.name === component)?.spec ?? {};
  const place = addresses[name] !== undefined ? 'address' : external !== undefined ? 'server' : 'stack';
  const wanted = [...(blueprint?.extensions ?? []), ...('extensions' in service ? service.extensions : [])];
  const extensions = component === 'postgres' ? [...new Set(wanted)].sort() : [];
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
