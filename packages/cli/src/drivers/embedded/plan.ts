/** Pure: what has to happen, each step with its cause. Only what changed is touched. */
import { EDGE, POSTGRES } from '../../model/own-processes.ts';
import type { Service } from '../../model/stack.ts';
import type { Instance, Operation } from '../driver.ts';
import type { EmbeddedDesired, EmbeddedObserved } from './desired.ts';
import { idOf, instanceId } from './desired.ts';
import { externalDatabases, migrationsKey } from './external-address.ts';
import { type Handover, handovers } from './handover.ts';
import { EXTERNAL, embeddedDatabases } from './substitutes.ts';

/** One line per operation: `replace booking-service#2 because its code changed`. */
export const describeOperation = ({ kind, target, cause }: Operation): string => `${kind} ${target} ${cause}`;

export function plan(desired: EmbeddedDesired, observed: EmbeddedObserved): readonly Operation[] {
  const services = selectServices(desired);
  return [
    ...planServer(desired, observed),
    ...planHandovers(desired, observed),
    ...planDatabases(desired, observed),
    ...planMigrations(desired, observed, services),
    ...services.flatMap((service) => planService(desired, observed, service)),
    ...planEdge(desired, observed),
    ...planRemovals(desired, observed),
  ];
}

/** In start order; with `only`, those and everything that they need. */
function selectServices({ stack, only }: EmbeddedDesired): readonly Service[] {
  const ordered = stack.workloads.flatMap(
    ({ name }) => stack.services.find((service) => service.name === name) ?? [],
  );
  if (only === undefined) return ordered;
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    const workload = stack.workloads.find((candidate) => candidate.name === name);
    const calls = stack.services.find((candidate) => candidate.name === name)?.calls ?? [];
    for (const needed of [...(workload?.dependsOn ?? []), ...calls]) add(needed);
  };
  only.forEach(add);
  return ordered.filter(({ name }) => wanted.has(name));
}

function planServer({ stack }: EmbeddedDesired, observed: EmbeddedObserved): Operation[] {
  if (embeddedDatabases(stack).length === 0) return [];
  // A component of this name may run elsewhere, while others need the embedded server.
  const server = observed.components.find(({ name, provider }) => name === POSTGRES && provider !== EXTERNAL);
  if (server?.state === 'ready') return [];
  return [
    {
      kind: 'start',
      target: POSTGRES,
      cause: observed.databases.length === 0 ? 'because it is new' : 'because it is not running',
    },
  ];
}

/** Instances under the earlier name end first: a database in use cannot be renamed. */
function planHandovers({ stack }: EmbeddedDesired, observed: EmbeddedObserved): Operation[] {
  const all = handovers(stack, observed.databases);
  const cause = ({ from, service }: Handover): string => `because ${from} is ${service} now`;
  return [
    ...all.flatMap((handover) =>
      observed.instances
        .filter(({ service }) => service === handover.from)
        .map((instance): Operation => ({ kind: 'stop', target: idOf(instance), cause: cause(handover) })),
    ),
    ...all.map(
      (handover): Operation => ({
        kind: 'rename',
        target: `database ${handover.database.from} to ${handover.database.to}`,
        cause: cause(handover),
      }),
    ),
  ];
}

/** `create` brings a database and its role to what they should be, whether they are there or not. */
function planDatabases(
  { stack, secrets, external }: EmbeddedDesired,
  observed: EmbeddedObserved,
): Operation[] {
  const wanted = [
    ...embeddedDatabases(stack).map(({ name, secret }) => ({ id: name, secret })),
    ...externalDatabases(stack, external).map(({ id, database: { secret } }) => ({ id, secret })),
  ];
  const handedOver = new Set(handovers(stack, observed.databases).map(({ database }) => database.to));
  return wanted.flatMap(({ id, secret }): Operation[] => {
    const target = `database ${id}`;
    if (handedOver.has(id)) return [];
    if (!observed.databases.includes(id)) return [{ kind: 'create', target, cause: 'because it is new' }];
    return observed.secrets[secret] === secrets[secret]
      ? []
      : [{ kind: 'create', target, cause: 'because its password is another one' }];
  });
}

function planMigrations(
  desired: EmbeddedDesired,
  observed: EmbeddedObserved,
  services: readonly Service[],
): Operation[] {
  return services.flatMap(({ name }): Operation[] => {
    const wanted = desired.migrations[name];
    const applied = observed.migrations[migrationsKey(desired.stack, name, desired.external)];
    if (wanted === undefined || wanted === applied) return [];
    return [
      {
        kind: 'migrate',
        target: name,
        cause: applied === undefined ? 'because it is new' : 'because its migrations changed',
      },
    ];
  });
}

function planService(desired: EmbeddedDesired, observed: EmbeddedObserved, service: Service): Operation[] {
  const { name } = service;
  const wanted = desired.replicas[name] ?? service.replicas;
  const running = observed.instances.filter((instance) => instance.service === name);
  const replicas = running.length;
  const operations: Operation[] = [];
  for (let replica = 1; replica <= wanted; replica += 1) {
    const target = instanceId(name, replica);
    const instance = running.find((candidate) => candidate.replica === replica);
    if (instance === undefined)
      operations.push({ kind: 'start', target, cause: causeOfStart(observed, name, replicas, wanted) });
    else operations.push(...planInstance(instance, desired.fingerprints[name] ?? ''));
  }
  const surplus = running.filter(({ replica }) => replica > wanted).sort((a, b) => b.replica - a.replica);
  return [
    ...operations,
    ...surplus.map(
      (instance): Operation => ({
        kind: 'stop',
        target: idOf(instance),
        cause: `because replicas ${replicas} → ${wanted}`,
      }),
    ),
  ];
}

function causeOfStart(observed: EmbeddedObserved, service: string, running: number, wanted: number): string {
  if (!observed.known.includes(service)) return 'because it is new';
  return running === 0 ? 'because it is not running' : `because replicas ${running} → ${wanted}`;
}

function planInstance(instance: Instance, wanted: string): Operation[] {
  const target = idOf(instance);
  const start = (cause: string): Operation[] => [{ kind: 'start', target, cause }];
  const { state, restarts, fingerprint } = instance;
  if (state === 'failed' || state === 'backoff' || (state === 'starting' && restarts > 0))
    return start('because it failed');
  if (state === 'stopped' || state === 'draining') return start('because it is not running');
  if (fingerprint === wanted) return state === 'ready' ? [] : start('because it is not ready');
  const [code, configuration, debug] = wanted.split('.');
  const [oldCode, oldConfiguration, oldDebug] = fingerprint.split('.');
  const changed = [
    ...(code === oldCode ? [] : ['code']),
    ...(configuration === oldConfiguration ? [] : ['configuration']),
    ...(debug === oldDebug ? [] : ["debugger's port"]),
  ];
  return [{ kind: 'replace', target, cause: `because its ${changed.join(' and ')} changed` }];
}

/** The edge holds the ports of all services, and follows the registry and its own list by itself: it only has to be there. */
function planEdge({ stack }: EmbeddedDesired, observed: EmbeddedObserved): Operation[] {
  const edge = observed.components.find(({ name }) => name === EDGE);
  if (stack.services.length === 0 || edge?.state === 'ready') return [];
  return [{ kind: 'start', target: EDGE, cause: 'because it is not running' }];
}

function planRemovals({ stack, only }: EmbeddedDesired, observed: EmbeddedObserved): Operation[] {
  if (only !== undefined) return [];
  const handedOver = new Set(handovers(stack, observed.databases).map(({ from }) => from));
  return observed.instances
    .filter(({ service }) => !handedOver.has(service) && !stack.services.some(({ name }) => name === service))
    .map((instance) => ({
      kind: 'stop',
      target: idOf(instance),
      cause: 'because it is not in the stack any more',
    }));
}
