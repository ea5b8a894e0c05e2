import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capabilities, namespaceSetting, passwordSetting } from '../../model/capabilities.ts';
import type { Expression, Reference } from '../../model/expression.ts';
import { resolveExpression } from '../../model/expression.ts';
import type { Binding, Service, Stack } from '../../model/stack.ts';
import { parseUrl, withinServer } from '@hometrip/runtime/addresses';
import { runtimeFolder } from '../../platform/installation.ts';
import type { StateDir } from '../../platform/state-dir.ts';
import { instanceId } from './desired.ts';
import { secretFile } from './secrets.ts';
import { shellOfInstances } from './shell.ts';
import { databaseOf } from './substitutes.ts';

export interface EnvironmentContext {
  readonly stack: Stack;
  readonly dir: StateDir;
  /** Output folder of `generate`. */
  readonly output: string;
  readonly external: Readonly<Record<string, string>>;
  /** Port of the embedded PostgreSQL; undefined when the stack does without. */
  readonly postgresPort: number | undefined;
}

/** Everything that the contract of the runtime names, resolved for a local process. No passwords: paths of files with them. */
export function instanceEnvironment(
  context: EnvironmentContext,
  target: { service: Service; replica: number; instanceFile: string },
  own: NodeJS.ProcessEnv,
): Record<string, string> {
  const { stack, dir } = context;
  const { service, replica } = target;
  const workload = stack.workloads.find(({ name }) => name === service.name);
  const environment = shellOfInstances(own);
  environment['LOG_LEVEL'] = 'info';
  for (const [name, value] of Object.entries(workload?.environment ?? {})) {
    if (!needsAbsentComponent(stack, value)) environment[name] = resolve(context, value);
  }
  // No edge of the stack speaks HTTP here: what is in front of it is in front of the gateways.
  if (service.kind === 'gateway' && stack.trustedProxies.length > 0)
    environment['TRUSTED_PROXIES'] = stack.trustedProxies.join(',');
  for (const { secret, env } of workload?.secrets ?? []) environment[env] = secretFile(dir, secret);
  for (const binding of service.bindings) {
    const component = stack.components.find(({ name }) => name === binding.component);
    const passwordFile = passwordSetting(binding.capability);
    if (component?.external !== undefined || component?.addresses[service.name] !== undefined) {
      environment[binding.env] = externalUrl(context, binding);
      delete environment[namespaceOf(binding)];
      continue;
    }
    delete environment[binding.env];
    delete environment[passwordFile];
    const { embedded } = capabilities[binding.capability];
    // A folder may have # or % in its name.
    if (embedded.on === 'folder')
      environment[binding.env] = pathToFileURL(join(dir.root, embedded.folder)).href;
    const database = databaseOf(stack, service.name, binding);
    if (database === undefined) continue;
    environment[binding.env] =
      `postgres://${database.name}@127.0.0.1:${context.postgresPort ?? 0}/${database.name}`;
    environment[passwordFile] = secretFile(dir, database.secret);
  }
  return {
    ...environment,
    SERVICE_NAME: service.name,
    INSTANCE_ID: instanceId(service.name, replica),
    INSTANCE_FILE: target.instanceFile,
    HOST: '127.0.0.1',
    // The edge holds the port of the service, whichever of its instances come and go.
    PORT: '0',
    REGISTRY_URL: pathToFileURL(dir.registry).href,
    // Clients of the edge do not watch the registry: they are told by `Connection: close` while we wait.
    DRAIN_DELAY_MS: '300',
    // Nor are health and metrics for everybody.
    ...(service.public ? { OPERATIONS_PORT: '0' } : {}),
    // Where files of packages are that the bundle cannot hold: the pages of the API documentation.
    HOMETRIP_HOME: runtimeFolder(dir.project),
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: dir.compileCache,
    // glibc's arenas, one for each thread otherwise: 1 MB less in a process that does its work in one.
    MALLOC_ARENA_MAX: '2',
  };
}

/** Its own place on the server, with no more rights than its own: the address of the server may open all of it. */
function externalUrl(context: EnvironmentContext, binding: Binding): string {
  const namespace = binding.settings?.[namespaceOf(binding)];
  const server = resolve(context, binding.url);
  return namespace === undefined ? server : (withinServer(parseUrl(server), namespace)?.href ?? server);
}

const namespaceOf = ({ capability }: Binding): string => namespaceSetting(capability);

export const migrationsFolder = (output: string, stack: Stack, service: string): string =>
  join(
    output,
    stack.workloads.find(({ name }) => name === service)?.source ?? join('services', service),
    'migrations',
  );

function resolve({ stack, external, output }: EnvironmentContext, expression: Expression): string {
  return resolveExpression(expression, (reference: Reference) => {
    if (reference.kind === 'environment') return external[reference.variable] ?? '';
    if (reference.kind === 'file') return join(output, reference.source);
    const service = stack.services.find(({ name }) => name === reference.workload);
    return reference.kind === 'host' || service === undefined ? '127.0.0.1' : `127.0.0.1:${service.port}`;
  });
}

/** The address of a component that does not run here would only mislead. */
function needsAbsentComponent(stack: Stack, expression: Expression): boolean {
  if (typeof expression === 'string') return false;
  return expression.parts.some(
    (part) =>
      typeof part !== 'string' &&
      (part.kind === 'endpoint' || part.kind === 'host') &&
      !stack.services.some(({ name }) => name === part.workload),
  );
}
