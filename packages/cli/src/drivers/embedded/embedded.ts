/** The driver that runs a stack as local processes: it decides here, and the stack's supervisor acts. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { EDGE } from '../../model/own-processes.ts';
import type { Stack } from '../../model/stack.ts';
import { bundlePath } from '../../platform/build-services.ts';
import { UserError } from '../../platform/errors.ts';
import type { StateDir } from '../../platform/state-dir.ts';
import type { Driver, DriverEvent, Instance, LogLine, LogQuery, Operation } from '../driver.ts';
import { ensureSupervisor, findSupervisor } from './control/client.ts';
import { idOf, instanceId, type EmbeddedDesired, type EmbeddedObserved } from './desired.ts';
import { logFile } from './logs/files.ts';
import { readLogs } from './logs/read.ts';
import { observeComponents } from './observe-components.ts';
import { plan } from './plan.ts';
import { findProcesses, stackId } from './processes.ts';
import {
  edgePortsFile,
  readApplied,
  readData,
  readEdgePorts,
  readRecord,
  readReport,
  requireReadable,
} from './state-files.ts';

export interface EmbeddedDriver extends Driver {
  observe(): Promise<EmbeddedObserved>;
  plan(desired: EmbeddedDesired, observed: EmbeddedObserved): readonly Operation[];
  perform(
    operations: readonly Operation[],
    desired: EmbeddedDesired,
    report: (event: DriverEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** False when nothing was running. */
  down(report: (event: DriverEvent) => void): Promise<boolean>;
  /** What was applied last; undefined before the first `up`. */
  applied(): EmbeddedDesired | undefined;
  /** Whether this is what was applied last, and is remembered: also what needs no operation (a description) is to be known. */
  isApplied(desired: EmbeddedDesired): boolean;
}

export function createEmbeddedDriver(dir: StateDir): EmbeddedDriver {
  const applied = (): EmbeddedDesired | undefined => requireReadable(dir);
  return {
    id: 'embedded',
    preflight: async (stack) => preflight(stack),
    observe: async () =>
      (await (await findSupervisor(dir))?.state()) ?? (await observeWithout(dir, readApplied(dir))),
    plan,
    applied,
    isApplied: (desired) => JSON.stringify(readApplied(dir)) === JSON.stringify(desired),
    async perform(operations, desired, report, signal) {
      const client = await ensureSupervisor(dir);
      await client.perform({ desired, operations }, report, signal);
    },
    logs: (query, signal) => readLogs(dir.logs, query, signal),
    async exec({ service, replica }, command) {
      const client = await requireStack(dir);
      const environment = await client.environment(service, replica);
      if (environment === undefined) {
        const names = applied()?.stack.services.map(({ name }) => name) ?? [];
        throw new UserError(`there is no service "${service}" in this stack`, {
          next: [`choose one of: ${names.join(', ')}`],
        });
      }
      // The environment of the first one also serves while none runs: to migrate, to look at data.
      const { instances } = await client.state();
      const running = instances.filter((instance) => instance.service === service);
      if (replica !== 1 && !running.some((instance) => instance.replica === replica))
        throw new UserError(`there is no instance ${instanceId(service, replica)}`, {
          next: [`choose one of: ${running.map(idOf).join(', ') || instanceId(service, 1)}`],
        });
      return await run(command, environment, serviceFolder(dir, applied(), service));
    },
    async task(service, args) {
      const client = await requireStack(dir);
      const environment = await client.environment(service, 1);
      const build = applied()?.build;
      if (environment === undefined || build === undefined)
        throw new UserError(`there is no service "${service}" in this stack`, {
          next: ['look at what there is: hometrip status'],
        });
      const log = logFile(dir.logs, service, TASKS);
      return { output: await runTask(bundlePath(build, service), args, environment, log), log };
    },
    async down(report) {
      if ((await findSupervisor(dir)) === undefined && !(await isSomethingLeft(dir))) return false;
      await (await ensureSupervisor(dir)).down(report);
      return true;
    },
  };
}

/** The supervisor, recovered if it was killed. @throws UserError when the stack is down. */
async function requireStack(dir: StateDir): ReturnType<typeof ensureSupervisor> {
  const running = await findSupervisor(dir);
  if (running !== undefined) return running;
  if (await isSomethingLeft(dir)) return await ensureSupervisor(dir);
  throw new UserError('the stack is not running', { where: dir.project, next: ['start it: hometrip up'] });
}

async function isSomethingLeft(dir: StateDir): Promise<boolean> {
  return (
    (await findProcesses(stackId(dir.root))).length > 0 ||
    (await databaseServer(dir)) !== undefined ||
    existsSync(dir.run)
  );
}

async function databaseServer(dir: StateDir): Promise<{ pid: number; port: number } | undefined> {
  if (!existsSync(join(dir.postgres, 'postmaster.pid'))) return undefined;
  const options = {
    dataDir: dir.postgres,
    log: join(dir.logs, 'postgres.log'),
    // Looking needs none.
    superuserPassword: '',
  };
  const { attach } = await import('./postgres/index.ts');
  return await attach(options).catch(() => undefined);
}

/** Without a supervisor: what its processes and files say. */
async function observeWithout(
  dir: StateDir,
  applied: EmbeddedDesired | undefined,
): Promise<EmbeddedObserved> {
  const data = readData(dir);
  const server = await databaseServer(dir);
  const processes = await findProcesses(stackId(dir.root));
  const instances = processes.flatMap(({ pid, name }): Instance[] => {
    const record = readRecord(dir, name);
    const report = readReport(join(dir.instances, `${name}.instance.json`));
    if (record === undefined) return [];
    const { service, replica, fingerprint, restarts } = record;
    const since = report?.startedAt ?? new Date(0).toISOString();
    return [
      {
        service,
        replica,
        fingerprint,
        restarts,
        pid,
        port: report?.port,
        operationsPort: report?.operationsPort,
        since,
        state: 'ready',
        reason: 'it is not watched: the supervisor is gone',
      },
    ];
  });
  const edge = instances.find(({ service }) => service === EDGE);
  const own = instances.filter(({ service }) => service !== EDGE);
  const ports = readEdgePorts(edgePortsFile(dir));
  const running = own.length > 0 || server !== undefined;
  return {
    running,
    supervisor: running ? 'gone' : 'none',
    components:
      applied === undefined
        ? []
        : observeComponents(
            applied.stack,
            { state: server === undefined ? undefined : 'ready', pid: server?.pid, port: server?.port },
            edge,
          ),
    instances: own.sort((a, b) =>
      instanceId(a.service, a.replica) < instanceId(b.service, b.replica) ? -1 : 1,
    ),
    known: applied?.stack.services.map(({ name }) => name) ?? [],
    databases: data.databases,
    migrations: data.migrations,
    secrets: data.secrets ?? {},
    urls:
      edge === undefined
        ? {}
        : Object.fromEntries(
            Object.entries(ports).map(([service, { port }]) => [service, `http://127.0.0.1:${port}`]),
          ),
  };
}

function preflight(stack: Stack): void {
  if (process.platform === 'win32') {
    throw new UserError('the embedded driver needs Linux or macOS', {
      next: [
        'run hometrip inside WSL 2',
        'or start the containers of docker-compose.yml in the output folder: docker compose up',
      ],
    });
  }
  if (stack.services.length === 0)
    throw new UserError('the stack has no services', { next: ['add one: hometrip add service NAME'] });
}

const serviceFolder = (dir: StateDir, applied: EmbeddedDesired | undefined, service: string): string => {
  const source = applied?.stack.workloads.find(({ name }) => name === service)?.source;
  const folder = source === undefined ? dir.project : join(applied?.output ?? dir.project, source);
  return existsSync(folder) ? folder : dir.project;
};

/** Replica 0: tasks, so that `hometrip logs SERVICE` shows their lines among those of the instances. */
const TASKS = 0;

/** With the environment of an instance, which it is not: neither its name nor its file. */
function runTask(
  main: string,
  args: readonly string[],
  environment: Record<string, string>,
  log: string,
): Promise<string> {
  const { INSTANCE_FILE: _, INSTANCE_ID: instance = '', ...own } = environment;
  const env = {
    ...own,
    INSTANCE_ID: instance.replace(/#\d+$/, `#${TASKS}`),
    TASK_OPERATOR: userInfo().username,
  };
  const stderr = openSync(log, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [main, 'task', ...args], {
      stdio: ['ignore', 'pipe', stderr],
      env,
    });
    return new Promise((resolve, reject) => {
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.once('error', reject);
      child.once('close', () => resolve(output));
    });
  } finally {
    closeSync(stderr);
  }
}

/**
 * In the user's terminal, with the user's own variables where the instance says nothing. The first Node on its PATH is
 * the one that the instance runs with: the system's may be too old for the service.
 */
function run(command: readonly string[], environment: Record<string, string>, cwd: string): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined)
    throw new UserError('say which command to run', {
      next: ['hometrip exec booking-service -- node -p process.env.DATABASE_URL'],
    });
  const env = { ...process.env, ...environment };
  env['PATH'] = [dirname(process.execPath), env['PATH']].filter(Boolean).join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: 'inherit', env });
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT'
          ? new UserError(`there is no program "${program}"`, { next: ['name one that is in your PATH'] })
          : error,
      );
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + 1)));
  });
}
