/**
 * What stands in for a component when everything runs as local processes: what the table of capabilities says. The scheme of
 * the URL chooses the adapter in the services' runtime, so nothing else has to know.
 */
import { capabilities, type Substitute } from '../../model/capabilities.ts';
import { snakeCase } from '../../model/names.ts';
import type { Binding, Component, Database, Stack } from '../../model/stack.ts';

/** A database on the embedded server: a service's own, or one that stands in for a component. */
export interface EmbeddedDatabase {
  /** Also the name of the role that owns it. */
  readonly name: string;
  readonly secret: string;
  readonly extensions: readonly string[];
}

/** What is said of a component that runs elsewhere. */
export const EXTERNAL = 'external';

/** One line about what runs in place of a component. */
export function providerOf(component: Component, serverVersion?: string): string {
  if (component.external !== undefined) return EXTERNAL;
  const { embedded } = component;
  if (embedded === 'server')
    return `embedded PostgreSQL${serverVersion === undefined ? '' : ` ${serverVersion}`}`;
  if (embedded === 'edge') return "hometrip edge (connection balancer on the services' ports)";
  if (embedded !== undefined) return `not run by the embedded driver (${embedded.instead})`;
  const used = substitutesOf(component).filter(({ means }) => means !== '');
  const meansOf = (some: readonly Substitute[]) => [...new Set(some.map(({ means }) => means))];
  const onServer = meansOf(used.filter(({ on }) => on === 'server'));
  const parts = [
    ...(onServer.length === 0 ? [] : [`embedded PostgreSQL (${onServer.join('; ')})`]),
    ...meansOf(used.filter(({ on }) => on !== 'server')),
  ];
  return parts.length === 0 ? 'not run by the embedded driver' : parts.join(', ');
}

const substitutesOf = (component: Component): readonly Substitute[] =>
  component.capabilities.map((capability) => capabilities[capability].embedded);

/** Whether the embedded server does the work of this component. */
export const isOnServer = (component: Component): boolean =>
  substitutesOf(component).some(({ on }) => on === 'server');

/** Whether the component has a part in this stack, here. */
export function isRun(component: Component): boolean {
  return component.external === undefined && !providerOf(component).startsWith('not run');
}

/** All databases that the stack needs on the embedded server, sorted by name. */
export function embeddedDatabases(stack: Stack): readonly EmbeddedDatabase[] {
  const local = new Set(
    stack.components.filter((component) => component.external === undefined).map(({ name }) => name),
  );
  const own = stack.databases
    .filter((database) => database.place === 'stack' && local.has(database.component))
    .map((database) => ({
      name: database.name,
      secret: database.secret,
      extensions: extensionsOf(stack, database),
    }));
  const used = new Set(
    stack.services.flatMap((service) =>
      service.bindings
        .filter((binding) => local.has(binding.component))
        .map((binding) => sharedDatabase(stack, binding)),
    ),
  );
  const shared = [...used].flatMap((name) =>
    name === undefined ? [] : [{ name, secret: sharedSecret(name), extensions: [] }],
  );
  return [...own, ...shared].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The database behind a binding; undefined when the capability has none here. */
export function databaseOf(
  stack: Stack,
  service: string,
  binding: Binding,
): { name: string; secret: string } | undefined {
  const shared = sharedDatabase(stack, binding);
  if (shared !== undefined) return { name: shared, secret: sharedSecret(shared) };
  if (capabilities[binding.capability].embedded.on !== 'server') return undefined;
  return stack.databases.find(
    (database) =>
      database.place === 'stack' && database.service === service && database.component === binding.component,
  );
}

/** One for each component: `hometrip_cache`, and `hometrip_cache_sessions` of a component that is not called like its kind. */
function sharedDatabase(stack: Stack, binding: Binding): string | undefined {
  const { embedded } = capabilities[binding.capability];
  if (embedded.on !== 'server' || embedded.database === 'own') return undefined;
  const component = stack.components.find(({ name }) => name === binding.component);
  return component === undefined || component.name === component.kind
    ? embedded.database
    : `${embedded.database}_${snakeCase(component.name)}`;
}

const sharedSecret = (database: string): string => `${database.replaceAll('_', '-')}-password`;

function extensionsOf(stack: Stack, database: Database): readonly string[] {
  const service = stack.services.find(({ name }) => name === database.service);
  const needed = (service?.bindings ?? [])
    .filter((binding) => binding.component === database.component)
    .map((binding) => capabilities[binding.capability].embedded)
    .flatMap((substitute) => (substitute.on === 'server' ? (substitute.extensions ?? []) : []));
  return [...new Set([...database.extensions, ...needed])].sort();
}
