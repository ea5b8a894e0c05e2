/** What the background process of a stack holds: the database server, the instances, the edge, and what was asked of it. */
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Stack } from '../../../model/stack.ts';
import { UserError } from '../../../platform/errors.ts';
import { pruneBuilds, bundlePath } from '../../../platform/build-services.ts';
import { writeFileAtomic, type StateDir } from '../../../platform/state-dir.ts';
import type { DriverEvent, Operation } from '../../driver.ts';
import type { EmbeddedDesired, EmbeddedObserved } from '../desired.ts';
import { idOf } from '../desired.ts';
import type { EdgeConfig } from '../edge/config.ts';
import { edgeEntry, edgeVersion } from '../entries.ts';
import { instanceEnvironment, migrationsFolder } from '../environment.ts';
import { externalDatabases, migrationsKey, ownAddress } from '../external-address.ts';
import { ensureExternalDatabases } from '../external-databases.ts';
import { handovers } from '../handover.ts';
import { logFile } from '../logs/files.ts';
import { observeComponents } from '../observe-components.ts';
import { EDGE, POSTGRES } from '../../../model/own-processes.ts';
import { describeOperation } from '../plan.ts';
import { findProcesses, marker, stackId, until } from '../processes.ts';
import { readSecret } from '../secrets.ts';
import { shellOfInstances } from '../shell.ts';
import {
  edgeConfigFile,
  edgePortsFile,
  readApplied,
  readData,
  readEdgePorts,
  readRecord,
  readRegistry,
  readReport,
} from '../state-files.ts';
import { embeddedDatabases } from '../substitutes.ts';
import { DatabaseServer } from './database-server.ts';
import { execute, type Actions } from './execute.ts';
import type { InstanceSpec } from './instance.ts';
import type { Journal } from './journal.ts';
import { type Migrator, migrateService } from './migrate-service.ts';
import { Pool } from './pool.ts';
import { adopt, type ProcessHandle } from './process-handle.ts';
import { openRegistry, type Registry } from './registry.ts';
import { rootCause, type ErrorData } from './root-cause.ts';

/** `data.json`: what the database server holds. */
export interface DataRecord {
  readonly databases: readonly string[];
  readonly migrations: Readonly<Record<string, string>>;
  /** Hash of each secret that roles and services were given: tells a changed one, and a lost one. */
  readonly secrets?: Readonly<Record<string, string>>;
}

const START_LIMIT_MS = 60_000;
const EDGE_LIMIT_MS = 2_000;
const RETRY_MS = 2_000;
const LEFT_OVER_GRACE_MS = 10_000;

export class Supervisor {
  readonly #dir: StateDir;
  readonly #id: string;
  readonly #migrator: Migrator;
  readonly #journal: Journal;
  readonly #pool: Pool;
  readonly #server: DatabaseServer;
  readonly #registry: Registry;
  #desired: EmbeddedDesired | undefined;
  #data: DataRecord;
  #generation = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #working: AbortController | undefined;
  #stopped = false;
  #down: Promise<void> | undefined;
  /** What an earlier supervisor had begun to stop. */
  readonly #leaving: Promise<void>[] = [];
  /** Until then the registry stays as the last supervisor left it: callers rely on it. */
  #recovered = false;

  constructor(dir: StateDir, migrator: Migrator, journal: Journal) {
    this.#dir = dir;
    this.#id = stackId(dir.root);
    this.#migrator = migrator;
    this.#journal = journal;
    this.#desired = readApplied(dir);
    this.#data = readData(dir);
    this.#registry = openRegistry(dir.registry);
    this.#server = new DatabaseServer(dir, () => void this.#startAnew(), journal);
    this.#pool = new Pool((service, replica) => this.#specOf(service, replica), {
      stack: this.#id,
      instancesDir: dir.instances,
      cwd: dir.project,
      journal,
      logFile: (service, replica) => logFile(dir.logs, service, replica),
      nextGeneration: () => (this.#generation += 1),
      changed: () => this.#publish(),
    });
  }

  /** Takes over whatever an earlier supervisor left running. */
  async recover(): Promise<void> {
    if (this.#desired !== undefined) await this.#server.adopt();
    const registered = new Set(
      Object.values(readRegistry(this.#dir.registry)?.services ?? {}).flatMap((entries) =>
        entries.map(({ port }) => port),
      ),
    );
    const found = (await findProcesses(this.#id)).flatMap(({ pid, name }) => {
      const [, service = '', replica, generation] = /^(.+)#(\d+)\.(\d+)$/.exec(name) ?? [];
      return service === ''
        ? []
        : [{ pid, name, service, replica: Number(replica), generation: Number(generation) }];
    });
    for (const candidate of found.sort((a, b) => b.generation - a.generation)) {
      this.#generation = Math.max(this.#generation, candidate.generation);
      const handle = adopt(candidate.pid, marker(this.#id, candidate.name));
      const record = readRecord(this.#dir, candidate.name);
      const newest = this.#pool.get(idOf(candidate)) === undefined;
      // The others were on their way out when their supervisor was killed.
      if (newest && record !== undefined && this.#desired !== undefined)
        this.#pool.adopt(
          handle,
          record,
          candidate.service === EDGE || registered.has(this.#portOf(candidate.name)),
        );
      else {
        this.#journal('info', `${candidate.name} is left over and is stopped`, { pid: candidate.pid });
        this.#leaving.push(endLeftOver(handle));
      }
    }
    this.#removeStaleFiles(new Set(found.map(({ name }) => name)));
    this.#recovered = true;
    this.#publish();
    await this.#renewEdge();
  }

  /** After an update of hometrip: the edge of the version before holds other ports, and reports them in another way. */
  async #renewEdge(): Promise<void> {
    const edge = this.#pool.get(`${EDGE}#1`);
    if (edge === undefined || this.#desired === undefined || edge.fingerprint === edgeVersion()) return;
    this.#configureEdge(this.#desired.stack);
    await this.#pool.stop(edge.id, 0);
    await this.#pool
      .start(EDGE, 1, AbortSignal.timeout(START_LIMIT_MS))
      .catch((error: unknown) => this.#journal('error', 'the edge did not start', { reason: String(error) }));
  }

  observe(): EmbeddedObserved {
    const stack = this.#desired?.stack;
    const edge = this.#pool.get(`${EDGE}#1`);
    return {
      running: true,
      supervisor: 'running',
      components: stack === undefined ? [] : observeComponents(stack, this.#server, edge?.snapshot()),
      instances: this.#pool.snapshot().filter(({ service }) => service !== EDGE),
      known: stack?.services.map(({ name }) => name) ?? [],
      databases: this.#data.databases,
      migrations: this.#data.migrations,
      secrets: this.#data.secrets ?? {},
      urls: this.#urls(),
    };
  }

  /** One at a time. @returns the root cause when something failed; rejects when aborted. */
  perform(
    desired: EmbeddedDesired,
    operations: readonly Operation[],
    report: (event: DriverEvent) => void,
    signal: AbortSignal,
  ): Promise<ErrorData | undefined> {
    const turn = this.#turn.then(async () => {
      signal.throwIfAborted();
      if (this.#down !== undefined) throw stoppedByDown();
      this.#working = new AbortController();
      return await this.#carryOut(
        desired,
        operations,
        report,
        AbortSignal.any([signal, this.#working.signal]),
      );
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #carryOut(
    desired: EmbeddedDesired,
    operations: readonly Operation[],
    report: (event: DriverEvent) => void,
    signal: AbortSignal,
  ): Promise<ErrorData | undefined> {
    this.#desired = desired;
    writeFileAtomic(this.#dir.applied, JSON.stringify(desired));
    this.#configureEdge(desired.stack);
    // Those of databases count when their roles have them.
    const ofRoles = secretsOfRoles(desired.stack);
    const others = Object.keys(desired.secrets).filter((name) => !ofRoles.includes(name));
    this.#remember({ secrets: { ...this.#data.secrets, ...pickHashes(desired.secrets, others) } });
    for (const operation of operations) this.#journal('info', describeOperation(operation));
    const failures = await execute(operations, desired.stack, this.#actions(desired), report, signal);
    this.#publish();
    await this.#edgeFollows(desired.stack);
    const used = new Set([desired.build, ...this.#pool.mains().map((main) => dirname(dirname(main)))]);
    await pruneBuilds(this.#dir.build, used);
    for (const { operation, error } of failures) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#journal('error', `${describeOperation(operation)}: failed`, { reason });
    }
    return failures.length === 0
      ? undefined
      : rootCause(failures, (service, replica) => logFile(this.#dir.logs, service, replica));
  }

  /** Everything ends, callers first; data and logs stay. Whatever else was asked for is over; a second `down` waits for the first. */
  down(report: (event: DriverEvent) => void): Promise<void> {
    this.#down ??= this.#stopAll(report);
    return this.#down;
  }

  async #stopAll(report: (event: DriverEvent) => void): Promise<void> {
    this.#working?.abort(stoppedByDown());
    await this.#turn;
    this.#stopped = true;
    this.#journal('info', 'the stack goes down');
    const stop = async (target: string, action: () => Promise<void>): Promise<void> => {
      const operation: Operation = { kind: 'stop', target, cause: 'because down was asked for' };
      report({ type: 'operation', operation, status: 'started' });
      const startedAt = performance.now();
      await action();
      report({
        type: 'operation',
        operation,
        status: 'done',
        durationMs: Math.round(performance.now() - startedAt),
      });
    };
    const instances = this.#pool.snapshot();
    report({
      type: 'phase',
      phase: 'stopping',
      total: instances.length + (this.#server.pid === undefined ? 0 : 1),
    });
    for (const wave of stopWaves(this.#desired?.stack, [
      ...new Set(instances.map(({ service }) => service)),
    ])) {
      await Promise.all(
        instances
          .filter(({ service }) => wave.includes(service))
          .map((instance) => stop(idOf(instance), () => this.#pool.stop(idOf(instance), 0))),
      );
    }
    await this.#pool.stopRetiring();
    await Promise.all(this.#leaving);
    if (this.#server.pid !== undefined) await stop(POSTGRES, () => this.#server.stop());
  }

  /** What an instance runs with; undefined when there is no such service. */
  environmentOf(service: string, replica: number): Record<string, string> | undefined {
    const found = this.#desired?.stack.services.find(({ name }) => name === service);
    if (found === undefined) return undefined;
    const environment = this.#specOf(service, replica).environment('');
    const { INSTANCE_FILE: _, ...rest } = environment;
    return rest;
  }

  #actions(desired: EmbeddedDesired): Actions {
    const { stack } = desired;
    const createDatabases = async (): Promise<void> => {
      const elsewhere = externalDatabases(stack, desired.external);
      await this.#server.createDatabases(stack);
      await ensureExternalDatabases(stack, elsewhere, this.#data.databases, ({ secret }) =>
        readSecret(this.#dir, secret),
      );
      const made = [...embeddedDatabases(stack).map(({ name }) => name), ...elsewhere.map(({ id }) => id)];
      this.#remember({
        databases: [...new Set([...this.#data.databases, ...made])].sort(),
        secrets: { ...this.#data.secrets, ...pickHashes(desired.secrets, secretsOfRoles(stack)) },
      });
    };
    return {
      startServer: () => this.#server.start(serverPort(stack)),
      createDatabases,
      renameDatabases: async () => {
        for (const { database } of handovers(stack, this.#data.databases)) {
          await this.#server.renameDatabase(database.from, database.to);
          this.#remember({
            databases: [...this.#data.databases.filter((name) => name !== database.from), database.to].sort(),
          });
        }
        // The roles have their passwords under other names.
        await createDatabases();
      },
      migrate: async (service) => {
        const url = this.#ownDatabase(stack, service);
        const folder = migrationsFolder(desired.output, stack, service);
        if (url !== undefined)
          await migrateService(this.#dir, this.#migrator, { service, url, folder, output: desired.output });
        this.#remember({
          migrations: {
            ...this.#data.migrations,
            [migrationsKey(stack, service, desired.external)]: desired.migrations[service] ?? '',
          },
        });
      },
      startEdge: (signal) => this.#pool.start(EDGE, 1, signal),
      start: (service, replica, signal) => this.#pool.start(service, replica, signal),
      replace: (service, replica, signal, serving) => this.#pool.replace(service, replica, signal, serving),
      stop: (service, replica) => this.#pool.stop(`${service}#${replica}`),
    };
  }

  #ownDatabase(stack: Stack, service: string): string | undefined {
    const database = stack.databases.find((candidate) => candidate.service === service);
    if (database === undefined) return undefined;
    if (database.place === 'address') return this.environmentOf(service, 1)?.['DATABASE_URL'];
    if (database.place === 'server') {
      const elsewhere = externalDatabases(stack, this.#desired?.external ?? {});
      const own = elsewhere.find((one) => one.database.service === service);
      return own === undefined ? undefined : ownAddress(own, readSecret(this.#dir, database.secret));
    }
    return `postgres://${database.name}:${readSecret(this.#dir, database.secret)}@127.0.0.1:${this.#server.port ?? 0}/${database.name}`;
  }

  #specOf(service: string, replica: number): InstanceSpec {
    const desired = this.#desired;
    if (desired === undefined) throw new Error('nothing was applied yet');
    if (service === EDGE) return this.#edgeSpec();
    const found = desired.stack.services.find(({ name }) => name === service);
    const workload = desired.stack.workloads.find(({ name }) => name === service);
    const context = {
      stack: desired.stack,
      dir: this.#dir,
      output: desired.output,
      external: desired.external,
      postgresPort: this.#server.port,
    };
    const debuggerPort = desired.inspect?.[service];
    return {
      main: bundlePath(desired.build, service),
      fingerprint: desired.fingerprints[service] ?? '',
      nodeOptions: [
        '--enable-source-maps',
        // Some of the limit is for buffers and code: what is above the heap.
        ...(workload === undefined
          ? []
          : [`--max-old-space-size=${Math.max(64, Math.floor((workload.limits.memory / 2 ** 20) * 0.75))}`]),
        // Opened when the instance that is replaced has ended: both have the same port, which debuggers attach to again.
        ...(debuggerPort === undefined ? [] : [`--inspect-port=127.0.0.1:${debuggerPort}`]),
      ],
      debugged: debuggerPort !== undefined,
      environment: (instanceFile) =>
        found === undefined
          ? {}
          : instanceEnvironment(context, { service: found, replica, instanceFile }, process.env),
      readyPath: workload?.health.kind === 'http' ? workload.health.path : '/health/ready',
      startLimitMs: Math.max(START_LIMIT_MS, (workload?.health.startPeriodSeconds ?? 0) * 1_000),
      graceMs: (workload?.stopGrace ?? 10) * 1_000,
    };
  }

  #edgeSpec(): InstanceSpec {
    return {
      main: edgeEntry(),
      fingerprint: edgeVersion(),
      nodeOptions: [],
      debugged: false,
      environment: (instanceFile) => ({
        ...shellOfInstances(process.env),
        INSTANCE_FILE: instanceFile,
        REGISTRY_FILE: this.#dir.registry,
        EDGE_CONFIG: edgeConfigFile(this.#dir),
        EDGE_LAST_PORTS: edgePortsFile(this.#dir),
        NODE_COMPILE_CACHE: this.#dir.compileCache,
      }),
      readyPath: undefined,
      startLimitMs: START_LIMIT_MS,
      graceMs: 2_000,
    };
  }

  #configureEdge(stack: Stack): void {
    const listeners = stack.services.map(({ name, port, balance }) => ({ service: name, port, balance }));
    writeFileAtomic(edgeConfigFile(this.#dir), JSON.stringify({ listeners } satisfies EdgeConfig));
  }

  /** Whoever reads addresses next gets those that hold. */
  async #edgeFollows(stack: Stack): Promise<void> {
    if (this.#pool.get(`${EDGE}#1`)?.state !== 'ready') return;
    const holds = (): boolean => {
      const ports = readEdgePorts(edgePortsFile(this.#dir));
      return (
        stack.services.every(({ name, port }) => ports[name]?.specified === port) &&
        Object.keys(ports).length === stack.services.length
      );
    };
    if (!(await until(holds, { limitMs: EDGE_LIMIT_MS, everyMs: 5 })))
      this.#journal('warn', 'the edge does not hold the ports of services.yaml');
  }

  #urls(): Record<string, string> {
    // Not from its report: it opens and closes ports while it runs.
    const ports = readEdgePorts(edgePortsFile(this.#dir));
    return Object.fromEntries(
      Object.entries(ports).map(([service, { port }]) => [service, `http://127.0.0.1:${port}`]),
    );
  }

  #publish(): void {
    if (!this.#recovered || this.#stopped) return;
    try {
      this.#registry.publish(this.#pool.registry((service) => service !== EDGE));
    } catch (error) {
      // A full disk must not end what watches over the instances.
      setTimeout(() => this.#publish(), RETRY_MS).unref();
      const reason = error instanceof Error ? error.message : String(error);
      this.#journal('error', 'the registry cannot be written', { reason });
    }
  }

  /** The database server had to move: every instance has its old address. One after the other, so that some always answer. */
  async #startAnew(): Promise<void> {
    for (const { service, replica } of this.#pool.snapshot()) {
      if (service !== EDGE)
        await this.#pool
          .replace(service, replica, AbortSignal.timeout(START_LIMIT_MS))
          .catch(() => undefined);
    }
  }

  #remember(change: Partial<DataRecord>): void {
    this.#data = { ...this.#data, ...change };
    writeFileAtomic(this.#dir.data, JSON.stringify(this.#data));
  }

  #portOf(name: string): number {
    return readReport(join(this.#dir.instances, `${name}.instance.json`))?.port ?? 0;
  }

  #removeStaleFiles(alive: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#dir.instances)) {
      if (!alive.has(name.replace(/\.(record|instance)\.json$/, '')))
        rmSync(join(this.#dir.instances, name), { force: true });
    }
  }
}

async function endLeftOver(handle: ProcessHandle): Promise<void> {
  await handle.kill('SIGTERM');
  const force = setTimeout(() => void handle.kill('SIGKILL'), LEFT_OVER_GRACE_MS);
  await handle.exited;
  clearTimeout(force);
}

const stoppedByDown = (): UserError =>
  new UserError('stopped by hometrip down', { next: ['start the stack again: hometrip up'] });

/** Passwords of databases that we make, here or elsewhere. */
const secretsOfRoles = (stack: Stack): readonly string[] => [
  ...embeddedDatabases(stack).map(({ secret }) => secret),
  ...stack.databases.filter(({ place }) => place === 'server').map(({ secret }) => secret),
];

const pickHashes = (hashes: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (hashes[name] === undefined ? [] : [[name, hashes[name]]])));

/** The first of the components that the embedded server is itself says where it listens. */
function serverPort(stack: Stack): number | undefined {
  const port = stack.components.find(({ embedded }) => embedded === 'server')?.params['port'];
  return typeof port === 'number' ? port : undefined;
}

/** Callers before what they call: the edge, then gateways, which may call everything, then services. */
export function stopWaves(stack: Stack | undefined, services: readonly string[]): string[][] {
  const depth = new Map<string, number>([[EDGE, Number.POSITIVE_INFINITY]]);
  for (const { name, kind, dependsOn } of stack?.workloads ?? []) {
    const own = Math.max(0, ...dependsOn.map((needed) => (depth.get(needed) ?? -1) + 1));
    depth.set(name, kind === 'gateway' ? Number.MAX_SAFE_INTEGER : own);
  }
  const byDepth = Map.groupBy(services, (name) => depth.get(name) ?? 0);
  return [...byDepth].sort(([a], [b]) => b - a).map(([, names]) => names);
}
