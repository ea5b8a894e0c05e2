/**
 * What stands in for a component when everything runs as local processes: one table, by capability. The scheme of the
 * URL chooses the adapter in the services' runtime, so nothing else has to know.
 */
import type { Binding, Capability, Component, Database, Stack } from '../../model/stack.ts';

/** A database on the embedded server: a service's own, or one that stands in for a component. */
export interface EmbeddedDatabase {
  /** Also the name of the role that owns it. */
  readonly name: string;
  readonly secret: string;
  readonly extensions: readonly string[];
}

interface Substitute {
  /** Said by `status` and `up`: the user has to know that it is not the real thing. Empty: it is, or nothing is. */
  readonly means: string;
  /** `own`: the service's database; a name: one database for all services; undefined: not on the server. */
  readonly database: 'own' | 'hometrip_events' | 'hometrip_cache' | undefined;
  readonly extensions: readonly string[];
}

const substitutes: Readonly<Record<Capability, Substitute>> = {
  database: { means: '', database: 'own', extensions: [] },
  documents: { means: 'JSONB documents', database: 'own', extensions: [] },
  search: {
    means: 'full text, trigrams, earthdistance',
    database: 'own',
    extensions: ['cube', 'earthdistance', 'pg_trgm', 'unaccent'],
  },
  events: {
    means: 'queues, LISTEN/NOTIFY',
    database: 'hometrip_events',
    extensions: [],
  },
  cache: { means: 'unlogged tables', database: 'hometrip_cache', extensions: [] },
  pubsub: { means: 'LISTEN/NOTIFY', database: 'hometrip_cache', extensions: [] },
  'rate-limit': {
    means: 'unlogged tables',
    database: 'hometrip_cache',
    extensions: [],
  },
  mail: { means: 'local mailbox (.hometrip/mail)', database: undefined, extensions: [] },
  registry: { means: 'registry of the supervisor (file)', database: undefined, extensions: [] },
  traces: { means: '', database: undefined, extensions: [] },
};

/** Components without a part in serving requests, and what the user has instead. */
const notRun: Readonly<Record<string, string>> = {
  grafana: 'not run by the embedded driver (hometrip status --all shows the figures)',
  jaeger: 'not run by the embedded driver (logs carry trace ids)',
  prometheus: 'not run by the embedded driver (every instance serves /metrics)',
};

/** One line about what runs in place of a component. */
export function providerOf(component: Component, postgresVersion?: string): string {
  if (component.external !== undefined) return 'external';
  if (component.kind === 'postgres')
    return `embedded PostgreSQL${postgresVersion === undefined ? '' : ` ${postgresVersion}`}`;
  if (component.kind === 'nginx') return "hometrip edge (connection balancer on the services' ports)";
  const missing = notRun[component.kind];
  if (missing !== undefined) return missing;
  const used = component.capabilities
    .map((capability) => substitutes[capability])
    .filter(({ means }) => means !== '');
  const elsewhere = used.filter(({ database }) => database === undefined).map(({ means }) => means);
  const onServer = [
    ...new Set(used.filter(({ database }) => database !== undefined).map(({ means }) => means)),
  ];
  const parts = [
    ...(onServer.length === 0 ? [] : [`embedded PostgreSQL (${onServer.join('; ')})`]),
    ...elsewhere,
  ];
  return parts.length === 0 ? 'not run by the embedded driver' : parts.join(', ');
}

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
      service.bindings.filter((binding) => local.has(binding.component)).map(sharedDatabase),
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
  const shared = sharedDatabase(binding);
  if (shared !== undefined) return { name: shared, secret: sharedSecret(shared) };
  if (substitutes[binding.capability].database !== 'own') return undefined;
  return stack.databases.find(
    (database) =>
      database.place === 'stack' && database.service === service && database.component === binding.component,
  );
}

function sharedDatabase(binding: Binding): string | undefined {
  const { database } = substitutes[binding.capability];
  return database === 'own' ? undefined : database;
}

const sharedSecret = (database: string): string => `${database.replaceAll('_', '-')}-password`;

function extensionsOf(stack: Stack, database: Database): readonly string[] {
  const service = stack.services.find(({ name }) => name === database.service);
  const needed = (service?.bindings ?? [])
    .filter((binding) => binding.component === database.component)
    .flatMap((binding) => substitutes[binding.capability].extensions);
  return [...new Set([...database.extensions, ...needed])].sort();
}
