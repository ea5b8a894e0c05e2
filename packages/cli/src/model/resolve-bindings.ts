/** Which component serves a service with which capability, and the databases that follow from it. */
import { hash } from 'node:crypto';
import type { ComponentKind, Connection } from '../components/component.ts';
import {
  type ComponentSpec,
  databaseOf,
  type GatewaySpec,
  kindOf,
  type ServiceSpec,
  type Spec,
} from '../spec/schema.ts';
import { type Blueprint, needsOf } from './blueprints.ts';
import {
  type Capability,
  capabilities,
  namespaceSetting,
  revocationCarriers,
  storesSql,
  urlSetting,
} from './capabilities.ts';
import { limits } from './limits.ts';
import { shortName, snakeCase } from './names.ts';
import type { Binding, Database } from './stack.ts';

export type AnyKind = ComponentKind<any>;

export interface Declared {
  readonly name: string;
  readonly kind: AnyKind;
  /** Those of its kind, or what `offers` has left of them. */
  readonly capabilities: readonly Capability[];
  readonly spec: ComponentSpec;
}

/** The declared components whose kind is known, by name. */
export function declaredComponents(spec: Spec, kinds: readonly AnyKind[]): Declared[] {
  return Object.keys(spec.components)
    .sort()
    .flatMap((name) => {
      const component = spec.components[name];
      const kind = component && kinds.find((candidate) => candidate.kind === kindOf(name, component));
      if (kind === undefined || component === undefined) return [];
      const offered = kind.capabilities.filter(
        (capability) => component.offers?.includes(capability) ?? true,
      );
      return [{ name, kind, capabilities: offered, spec: component }];
    });
}

type AnyService = GatewaySpec | ServiceSpec;

/** What a service wants of this component; empty when it has nothing to do with it. */
function wanted(
  service: AnyService,
  blueprint: Blueprint | undefined,
  component: Declared,
  implied: readonly Capability[],
): readonly Capability[] {
  const hasMessages = service.publishes.length + service.subscribes.length > 0;
  const claims = {
    store: () => databaseOf(service) === component.name,
    uses: (capability: Capability) => isChosen(service, component.name) || implied.includes(capability),
    messages: (capability: Capability) => hasMessages || needsOf(blueprint).includes(capability),
    always: () => true,
  };
  return component.capabilities.filter((capability) => claims[capabilities[capability].claim](capability));
}

const isChosen = (service: AnyService, component: string): boolean =>
  databaseOf(service) === component || service.uses.includes(component);

/**
 * What the runtime itself needs, in every service: revoked tokens are announced to all who verify tokens. A stack without such a
 * component goes on without; `validate` says so.
 */
export const impliedCapabilities = (hasIssuer: boolean): readonly Capability[] =>
  hasIssuer ? revocationCarriers() : [];

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
  return components
    .flatMap((component) => {
      const wishes = wanted(service, blueprint, component, implied);
      const connection = wishes.length === 0 ? undefined : connectionOf(component, name, own, stack);
      return connection === undefined
        ? []
        : wishes.map((capability) => ({
            ...bindingTo(component.name, capability, connection),
            ...(capabilities[capability].claim === 'uses' &&
              !isChosen(service, component.name) && { implied: true as const }),
          }));
    })
    .sort((a, b) => (a.capability < b.capability ? -1 : 1));
}

/** How this service reaches a component: on the stack's server, on one that runs elsewhere, or at an address of its own. */
function connectionOf(
  { name, kind, spec }: Declared,
  service: string,
  own: readonly Database[],
  stack: string,
): Connection | undefined {
  const database = own.find(({ component }) => component === name);
  if (kind.ownDatabases !== undefined && database === undefined) return undefined;
  const address = kind.ownDatabases === undefined ? undefined : spec.addresses[service];
  if (address !== undefined) return { url: address };
  const input = { name, params: spec.params, stack, database };
  if (spec.external === undefined) return kind.connect(input);
  return {
    url: spec.external,
    ...(kind.ownDatabases !== undefined && { namespace: database?.name }),
    ...(kind.ownDatabases === 'made' && { secret: database?.secret }),
    ...kind.elsewhere(input),
  };
}

function bindingTo(
  component: string,
  capability: Capability,
  { url, secret, namespace, settings = {} }: Connection,
): Binding {
  const further = Object.entries(settings).map(([setting, value]) => [
    `${capabilities[capability].prefix}_${setting}`,
    value,
  ]);
  if (namespace !== undefined) further.push([namespaceSetting(capability), namespace]);
  return {
    capability,
    component,
    env: urlSetting(capability),
    url,
    secret,
    ...(further.length > 0 && { settings: Object.fromEntries(further) }),
  };
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
  const declared = components.find((one) => one.name === component);
  const { external, addresses = {} } = declared?.spec ?? {};
  const place = addresses[name] !== undefined ? 'address' : external !== undefined ? 'server' : 'stack';
  const wanted = [...(blueprint?.extensions ?? []), ...('extensions' in service ? service.extensions : [])];
  const extensions = declared !== undefined && storesSql(declared) ? [...new Set(wanted)].sort() : [];
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
