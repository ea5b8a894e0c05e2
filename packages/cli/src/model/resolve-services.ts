/** Services and gateways of the spec with all defaults applied, their routes at the edge, and the workloads that run them. */
import { posix } from 'node:path';
import { databaseOf, type GatewaySpec, type ServiceSpec, type Spec } from '../spec/schema.ts';
import type { Blueprint } from './blueprints.ts';
import { capabilities, passwordSetting } from './capabilities.ts';
import { type Expression, expr, file, host } from './expression.ts';
import { identityUses } from './identities.ts';
import { type EntityHome, resolveEntity } from './resolve-entities.ts';
import { resolveRoles } from './resolve-roles.ts';
import type { Binding, EdgeRoute, SecretUse, Service, Workload } from './stack.ts';

/** Everything that a service answers for clients is below it. */
export const apiPrefix = '/api/v1';

/** Seconds: a service has ten to finish what it began, and a little to close its pools. */
const stopGrace = 15;

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

export function resolveService(
  name: string,
  kind: Service['kind'],
  service: GatewaySpec | ServiceSpec,
  spec: Spec,
  bindings: readonly Binding[],
  homes: EntityHome,
  blueprint: Blueprint,
): Service {
  const { defaults } = spec;
  const entities = 'entities' in service ? Object.entries(service.entities) : [];
  return {
    name,
    kind,
    blueprint,
    description: service.description,
    port: service.port,
    replicas: service.replicas ?? defaults.replicas,
    balance: service.balance,
    public: 'public' in service && service.public,
    database: databaseOf(service),
    uses: sorted(bindings.filter(({ implied }) => implied !== true).map(({ component }) => component)),
    calls: sorted(service.calls),
    callPolicies: Object.fromEntries(
      sorted(Object.keys(service.callPolicies)).map((target) => [target, service.callPolicies[target] ?? {}]),
    ),
    publishes: sorted(service.publishes),
    subscribes: sorted(service.subscribes),
    renamedFrom: 'renamedFrom' in service ? service.renamedFrom : undefined,
    accountRoles: blueprint.role === 'issuer' ? resolveRoles(spec.roles) : [],
    entities: entities.map(([entity, fields]) => resolveEntity(entity, fields, homes)),
    bindings,
    rateLimit: service.rateLimit,
    slo: {
      availability: service.slo?.availability ?? defaults.slo.availability,
      ...(service.slo?.latency ?? defaults.slo.latency),
    },
    limits: {
      cpus: service.limits?.cpus ?? defaults.limits.cpus,
      memory: service.limits?.memory ?? defaults.limits.memory,
    },
    autoscale: service.autoscale,
  };
}

/** The paths below `/api/v1` that a service answers: its blueprint's own, and one per entity. */
const edgePaths = ({ blueprint, entities }: Service): string[] =>
  sorted([...blueprint.paths, ...entities.map(({ names }) => names.path)]);

/** Longest first, so that the first match is the right one. A service without a limit of its own has that of the gateway in front of it. */
export function resolveRoutes(services: readonly Service[]): EdgeRoute[] {
  const common = services.find(
    ({ kind, rateLimit }) => kind === 'gateway' && rateLimit !== undefined,
  )?.rateLimit;
  return services
    .flatMap((service) =>
      edgePaths(service).map((path) => ({
        prefix: `${apiPrefix}/${path}`,
        service: service.name,
        rateLimit: service.rateLimit ?? common,
      })),
    )
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1));
}

/** What the runtime takes without being told. */
const BODY_LIMIT = 1024 ** 2;

/** Within its container: the one that exporters of metrics have in most cases. */
const operationsPort = ({ port }: Pick<Service, 'port'>): number => (port === 9_464 ? 9_465 : 9_464);

export interface ServiceSurroundings {
  readonly spec: Pick<Spec, 'name' | 'bodyLimit' | 'trustedProxies'>;
  /** The service that issues tokens, if the stack has one. */
  readonly auth: Pick<Service, 'name' | 'blueprint'> | undefined;
  /** The component that is the edge, if there is one: then no gateway is published by itself. */
  readonly edge: string | undefined;
  readonly gateways: readonly string[];
}

export function serviceWorkload(service: Service, surroundings: ServiceSurroundings): Workload {
  const { auth, edge } = surroundings;
  const published = service.public && edge === undefined;
  return {
    name: service.name,
    kind: service.kind,
    image: undefined,
    source: `services/${service.name}`,
    command: undefined,
    environment: serviceEnvironment(service, surroundings),
    secrets: [
      ...passwords(service.bindings),
      ...service.blueprint.secrets.map(({ name, env }) => ({ secret: name, env: `${env}_FILE` })),
      ...identityUses(service.name),
    ],
    ports: [
      {
        name: 'http',
        container: service.port,
        published: published ? service.port : undefined,
        public: published,
        protocol: 'http',
      },
      // What clients reach directly has its health and metrics elsewhere.
      ...(published
        ? [
            {
              name: 'operations',
              container: operationsPort(service),
              published: undefined,
              public: false,
              protocol: 'http',
            } as const,
          ]
        : []),
    ],
    volumes: [],
    // The folder: a single file that is mounted stays the old one when it is replaced.
    files: service.blueprint.files.map(({ source, folder }) => ({
      source: posix.dirname(source),
      path: folder,
    })),
    health: {
      kind: 'http',
      port: published ? 'operations' : 'http',
      path: '/health/ready',
      startPeriodSeconds: 30,
    },
    limits: service.limits,
    replicas: service.replicas,
    autoscale: service.autoscale,
    dependsOn: dependencies(service, auth?.name),
    networks: published ? ['private', 'public'] : ['private'],
    user: undefined,
    capabilities: [],
    scratch: ['/tmp'],
    readOnly: true,
    stopGrace,
  };
}

function serviceEnvironment(
  service: Service,
  { spec, auth, edge, gateways }: ServiceSurroundings,
): Record<string, Expression> {
  const variables: Record<string, Expression> = {
    SERVICE_NAME: service.name,
    HOST: '0.0.0.0',
    PORT: String(service.port),
    LOG_LEVEL: 'info',
  };
  if (auth !== undefined) {
    variables['AUTH_ISSUER'] = spec.name;
    variables['AUTH_AUDIENCE'] = spec.name;
    variables['AUTH_JWKS_URL'] = `service://${auth.name}${apiPrefix}/${auth.blueprint.keys}`;
  }
  if (service.public && edge === undefined) variables['OPERATIONS_PORT'] = String(operationsPort(service));
  if (spec.bodyLimit !== BODY_LIMIT) variables['BODY_LIMIT_BYTES'] = String(spec.bodyLimit);
  const proxies = trustedProxies(service, { spec, auth, edge, gateways });
  if (proxies !== undefined) variables['TRUSTED_PROXIES'] = proxies;
  for (const { env, source } of service.blueprint.files) variables[env] = expr`${file(source)}`;
  for (const { env, url, settings } of service.bindings)
    Object.assign(variables, { [env]: url, ...settings });
  return Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Who may say whose request it passes on. To gateways only the edge, which has looked through the proxies in front of it itself; to
 * those who count guesses by address the gateways too.
 */
function trustedProxies(
  service: Service,
  { spec, auth, edge, gateways }: ServiceSurroundings,
): Expression | undefined {
  const front = edge === undefined ? spec.trustedProxies : [host(edge)];
  const trusted =
    service.kind === 'gateway' ? front : service.name === auth?.name ? [...front, ...gateways.map(host)] : [];
  if (trusted.length === 0) return undefined;
  if (trusted.every((proxy) => typeof proxy === 'string')) return trusted.join(',');
  return { parts: trusted.flatMap((proxy, index) => (index === 0 ? [proxy] : [',', proxy])) };
}

/** The runtime adds `X_PASSWORD_FILE` to `X_URL`, so that no address ever carries a password. */
function passwords(bindings: readonly Binding[]): SecretUse[] {
  return bindings.flatMap(({ capability, secret }) =>
    secret === undefined ? [] : [{ secret, env: passwordSetting(capability) }],
  );
}

function dependencies(service: Service, auth: string | undefined): string[] {
  const components = service.bindings
    .filter(({ capability }) => capabilities[capability].whenAway === 'wait')
    .map(({ component }) => component);
  const others = auth === undefined || auth === service.name ? service.calls : [...service.calls, auth];
  return sorted([...components, ...others]).filter((name) => name !== service.name);
}
