/** Spec → Stack: a pure function. Late references stay expressions; everything else is final, ordered and frozen. */
import type { ComponentInput } from '../components/component.ts';
import type { Spec } from '../spec/schema.ts';
import { type Blueprint, blueprintIdOf, isIssuer } from './blueprints.ts';
import { BugError } from '../platform/errors.ts';
import { deepFreeze } from './freeze.ts';
import {
  type AnyKind,
  type Declared,
  declaredComponents,
  impliedCapabilities,
  resolveBindings,
  resolveDatabase,
} from './resolve-bindings.ts';
import { identitySecrets } from './identities.ts';
import { resolveRoles } from './resolve-roles.ts';
import { entityHomes, resolveEvents } from './resolve-entities.ts';
import { resolveRoutes, resolveService, serviceWorkload } from './resolve-services.ts';
import type { Component, Database, Secret, Service, Stack, Workload } from './stack.ts';
import { startOrder } from './start-order.ts';

export interface ResolveOptions {
  readonly kinds: readonly AnyKind[];
  /** Those that the spec was checked with. */
  readonly blueprints: readonly Blueprint[];
  /** The overlay that the spec was read with. */
  readonly environment?: string | undefined;
}

/** `spec` has passed every rule: names are unique and all references lead somewhere. */
export function resolveStack(spec: Spec, { kinds, blueprints, environment }: ResolveOptions): Stack {
  const components = declaredComponents(spec, kinds);
  const { services, databases } = servicesAndDatabases(spec, components, blueprints);
  const inputs = components.map((component) => ({
    ...component,
    input: componentInput(component, spec, services, databases),
  }));
  const running = inputs.filter(({ spec }) => spec.external === undefined);
  const componentWorkloads = running.map(({ kind, spec: { replicas }, input }) => ({
    ...kind.workload(input),
    ...(replicas !== undefined && { replicas }),
  }));
  const edge = componentWorkloads.find(({ ports }) => ports.some((port) => port.public))?.name;
  const auth = services.find(isIssuer);
  const gateways = services.filter(({ kind }) => kind === 'gateway').map(({ name }) => name);
  const workloads = [
    ...componentWorkloads,
    ...services.map((service) => serviceWorkload(service, { spec, auth, edge, gateways })),
  ];
  return deepFreeze({
    name: spec.name,
    environment,
    services,
    components: inputs.map(resolveComponent),
    workloads: inStartOrder(workloads),
    events: resolveEvents(spec, entityHomes(spec)),
    rateLimits: Object.keys(spec.rateLimits)
      .sort()
      .flatMap((name) => {
        const limit = spec.rateLimits[name];
        return limit ? [{ name, ...limit }] : [];
      }),
    roles: resolveRoles(spec.roles),
    bodyLimit: spec.bodyLimit,
    trustedProxies: spec.trustedProxies,
    databases,
    secrets: resolveSecrets(
      [
        ...running.flatMap(({ kind, input }) => kind.secrets(input)),
        ...inputs.flatMap(({ kind, spec, input }) =>
          spec.external === undefined ? [] : kind.externalSecrets(input),
        ),
        ...services.flatMap(ownSecrets),
        ...identitySecrets(services),
      ],
      databases,
      workloads,
    ),
    routes: resolveRoutes(services),
  });
}

function servicesAndDatabases(
  spec: Spec,
  components: readonly Declared[],
  blueprints: readonly Blueprint[],
): { services: Service[]; databases: Database[] } {
  const homes = entityHomes(spec);
  const blueprintOf = (name: string, kind: Service['kind'], declared: string | undefined): Blueprint => {
    const id = blueprintIdOf(name, kind, declared, blueprints);
    const blueprint = blueprints.find((one) => one.id === id && one.kind === kind);
    if (blueprint === undefined) throw new BugError(`there is no blueprint ${id}`);
    return blueprint;
  };
  const implied = impliedCapabilities(
    Object.entries(spec.services).some(([name, service]) =>
      isIssuer({ blueprint: blueprintOf(name, 'service', service.blueprint) }),
    ),
  );
  const services: Service[] = [];
  const databases: Database[] = [];
  for (const kind of ['gateway', 'service'] as const) {
    for (const [name, declared] of Object.entries(kind === 'gateway' ? spec.gateways : spec.services)) {
      const blueprint = blueprintOf(name, kind, declared.blueprint);
      const own = resolveDatabase(name, declared, blueprint, components, spec.name);
      const bindings = resolveBindings(name, declared, blueprint, components, own, spec.name, implied);
      services.push(resolveService(name, kind, declared, spec, bindings, homes, blueprint));
      // A component may open all its databases with one password; then that is the database's.
      const secretOf = (database: Database) =>
        bindings.find(({ component, secret }) => component === database.component && secret !== undefined)
          ?.secret;
      databases.push(
        ...own.map((database) => ({ ...database, secret: secretOf(database) ?? database.secret })),
      );
    }
  }
  return { services, databases: databases.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

type Input = ComponentInput<Readonly<Record<string, unknown>>>;

function componentInput(
  { name, spec: component }: Declared,
  spec: Spec,
  services: readonly Service[],
  databases: readonly Database[],
): Input {
  return {
    name,
    params: component.params,
    limits: {
      cpus: component.limits?.cpus ?? spec.defaults.limits.cpus,
      memory: component.limits?.memory ?? spec.defaults.limits.memory,
    },
    services,
    databases: databases.filter((database) => database.component === name && database.place === 'stack'),
  };
}

function resolveComponent({
  name,
  kind,
  capabilities,
  spec,
  input,
}: Declared & { readonly input: Input }): Component {
  return {
    name,
    kind: kind.kind,
    description: kind.description,
    version: String(spec.params['version'] ?? ''),
    external: spec.external,
    addresses: spec.addresses,
    capabilities,
    params: spec.params,
    metrics: spec.external === undefined ? kind.metrics(input) : [],
    console: spec.external === undefined ? kind.console(spec.params) : undefined,
    monitoring: kind.monitoring,
    datasource: kind.datasource,
    embedded: kind.embedded,
  };
}

/** Components that wait for nobody, then services, gateways, and at last the components in front of them. */
function inStartOrder(workloads: readonly Workload[]): Workload[] {
  const rank = ({ kind, dependsOn }: Workload): number =>
    kind === 'service' ? 1 : kind === 'gateway' ? 2 : dependsOn.length === 0 ? 0 : 3;
  const byName = new Map(workloads.map((workload) => [workload.name, workload]));
  const wished = [...workloads].sort((a, b) => rank(a) - rank(b)).map(({ name }) => name);
  const order = startOrder(wished, (name) => byName.get(name)?.dependsOn ?? []);
  return order.names.flatMap((name) => {
    const workload = byName.get(name);
    return workload ? [{ ...workload, dependsOn: order.waitsFor.get(name) ?? [] }] : [];
  });
}

const ownSecrets = (service: Service): Secret[] =>
  service.blueprint.secrets.map(({ name, kind, description }) => ({ name, kind, description }));

/** Those of components and blueprints, and the passwords of databases that somebody really opens with one of their own. */
function resolveSecrets(
  named: readonly Secret[],
  databases: readonly Database[],
  workloads: readonly Workload[],
): Secret[] {
  const used = new Set(workloads.flatMap(({ secrets }) => secrets.map(({ secret }) => secret)));
  const secrets = new Map(named.map((secret) => [secret.name, secret]));
  for (const { secret, name, component } of databases) {
    if (used.has(secret) && !secrets.has(secret))
      secrets.set(secret, { name: secret, kind: 'password', description: `Role ${name} in ${component}.` });
  }
  return [...secrets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
