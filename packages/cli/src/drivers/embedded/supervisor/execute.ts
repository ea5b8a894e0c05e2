/** Carries out a plan: in dependency order, as much at a time as dependencies and the machine allow. */
import { availableParallelism } from 'node:os';
import type { Stack } from '../../../model/stack.ts';
import type { DriverEvent, Operation } from '../../driver.ts';
import { parseInstanceId } from '../desired.ts';
import { EDGE, POSTGRES } from '../../../model/own-processes.ts';
import { createSlots } from './slots.ts';

export interface Actions {
  startServer(): Promise<void>;
  /** All that the stack needs, at once. */
  createDatabases(): Promise<void>;
  /** Those of services with an earlier name, at once. */
  renameDatabases(): Promise<void>;
  migrate(service: string): Promise<void>;
  startEdge(signal: AbortSignal): Promise<void>;
  start(service: string, replica: number, signal: AbortSignal): Promise<void>;
  /** @param serving Called when the new instance answers, while the old one is still to end. */
  replace(service: string, replica: number, signal: AbortSignal, serving: () => void): Promise<void>;
  stop(service: string, replica: number): Promise<void>;
}

export interface Failure {
  readonly operation: Operation;
  readonly error: unknown;
  /** Services that were not started because of it, nearest first. */
  readonly blocked: readonly string[];
}

class Blocked extends Error {
  override name = 'Blocked';
}

/** Resolves with what failed; only an abort rejects. Everything that does not depend on a failure is carried out. */
export async function execute(
  operations: readonly Operation[],
  stack: Stack,
  actions: Actions,
  report: (event: DriverEvent) => void,
  signal: AbortSignal,
): Promise<readonly Failure[]> {
  const failures: { operation: Operation; error: unknown; service: string | undefined }[] = [];
  const blocked = new Map<string, string>();
  const starting = createSlots(Math.max(4, availableParallelism() * 3));
  const migrating = createSlots(4);

  async function perform(
    operation: Operation,
    action: (serving: () => void) => Promise<void>,
  ): Promise<boolean> {
    signal.throwIfAborted();
    report({ type: 'operation', operation, status: 'started' });
    const startedAt = performance.now();
    const durationMs = (): number => Math.round(performance.now() - startedAt);
    try {
      await action(() =>
        report({ type: 'operation', operation, status: 'serving', durationMs: durationMs() }),
      );
      report({ type: 'operation', operation, status: 'done', durationMs: durationMs() });
      return true;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      report({
        type: 'operation',
        operation,
        status: 'failed',
        // The rest is in the error that ends the command.
        detail: firstLine(messageOf(error)),
        durationMs: durationMs(),
      });
      failures.push({
        operation,
        error,
        service: parseInstanceId(operation.target)?.service ?? operation.target,
      });
      return false;
    }
  }
  const phase = (name: string, chosen: readonly Operation[]): readonly Operation[] => {
    if (chosen.length > 0) report({ type: 'phase', phase: name, total: chosen.length });
    return chosen;
  };
  const done = (): readonly Failure[] =>
    failures.map(({ operation, error, service }) => ({
      operation,
      error,
      blocked: [...blocked].filter(([, cause]) => cause === service).map(([name]) => name),
    }));

  for (const operation of phase(
    'components',
    operations.filter(({ target }) => target === POSTGRES),
  )) {
    if (!(await perform(operation, () => actions.startServer()))) return done();
  }
  const lastRename = operations.findLastIndex(({ kind }) => kind === 'rename');
  const handover = phase(
    'handover',
    operations.slice(0, lastRename + 1).filter(({ kind }) => kind === 'stop' || kind === 'rename'),
  );
  if (
    !(await settled(
      handover
        .filter(({ kind }) => kind === 'stop')
        .map((operation) =>
          perform(operation, () => actions.stop(serviceOf(operation), replicaOf(operation))),
        ),
    ))
  )
    return done();
  const renames = handover.filter(({ kind }) => kind === 'rename');
  const renamed = renames.length === 0 ? undefined : actions.renameDatabases();
  if (!(await settled(renames.map((operation) => perform(operation, () => renamed ?? Promise.resolve())))))
    return done();
  const creations = phase(
    'databases',
    operations.filter(({ kind }) => kind === 'create'),
  );
  const created = creations.length === 0 ? undefined : actions.createDatabases();
  if (!(await settled(creations.map((operation) => perform(operation, () => created ?? Promise.resolve())))))
    return done();
  const migrations = phase(
    'migrations',
    operations.filter(({ kind }) => kind === 'migrate'),
  );
  const migrated = new Map<string, boolean>();
  await Promise.all(
    migrations.map(async (operation) => {
      const ok = await migrating.use(() => perform(operation, () => actions.migrate(operation.target)));
      migrated.set(operation.target, ok);
    }),
  );

  const byService = Map.groupBy(
    phase(
      'services',
      operations.filter(
        (operation) => parseInstanceId(operation.target) !== undefined && !handover.includes(operation),
      ),
    ),
    ({ target }) => parseInstanceId(target)?.service ?? '',
  );
  const order = stack.workloads.map(({ name }) => name);
  /** Settles when the first instance of a service is ready: then what depends on it may start. */
  const firstReady = new Map<string, Promise<void>>();
  const finished: Promise<void>[] = [];
  // Dependencies first, so that their promises exist; calls in circles have no order and are ignored.
  for (const service of [
    ...order.filter((name) => byService.has(name)),
    ...[...byService.keys()].filter((name) => !order.includes(name)),
  ]) {
    const needs = dependenciesOf(stack, service).filter(
      (name) => order.indexOf(name) < order.indexOf(service),
    );
    const before = needs.flatMap(
      (name) =>
        firstReady
          .get(name)
          ?.catch((error: unknown) => Promise.reject(new Blocked(name, { cause: error }))) ?? [],
    );
    const { ready, all } = runService(service, byService.get(service) ?? [], before);
    ready.catch(() => undefined);
    firstReady.set(service, ready);
    finished.push(all);
  }
  const edge = operations.find(({ target }) => target === EDGE);
  if (edge !== undefined) finished.push(perform(edge, () => actions.startEdge(signal)).then(() => undefined));
  const results = await Promise.allSettled(finished);
  signal.throwIfAborted();
  const unexpected = results.find((result) => result.status === 'rejected');
  if (unexpected !== undefined) throw unexpected.reason;
  return done();

  function runService(
    service: string,
    chosen: readonly Operation[],
    before: readonly Promise<void>[],
  ): { ready: Promise<void>; all: Promise<void> } {
    const ready = Promise.withResolvers<void>();
    const starts = chosen.filter(({ kind }) => kind === 'start');
    const all = (async () => {
      try {
        if (starts.length > 0) await Promise.all(before);
        if (migrated.get(service) === false) throw new Blocked(service);
      } catch (error) {
        ready.reject(error);
        if (signal.aborted) throw signal.reason;
        blocked.set(service, rootOf(error, service));
        return;
      }
      const oks = await Promise.all(
        starts.map((operation) =>
          starting.use(async () => {
            const ok = await perform(operation, () => actions.start(service, replicaOf(operation), signal));
            if (ok) ready.resolve();
            return ok;
          }),
        ),
      );
      if (oks.length > 0 && !oks.includes(true)) ready.reject(new Error(`${service} did not start`));
      else ready.resolve();
      for (const operation of chosen.filter(({ kind }) => kind === 'replace')) {
        // The first failure stops a rollout: the instances that are left run the old code.
        if (
          !(await starting.use(() =>
            perform(operation, (serving) => actions.replace(service, replicaOf(operation), signal, serving)),
          ))
        )
          return;
      }
      const stops = chosen.filter(({ kind }) => kind === 'stop');
      await Promise.all(
        stops.map((operation) => perform(operation, () => actions.stop(service, replicaOf(operation)))),
      );
    })();
    all.catch((error: unknown) => ready.reject(error));
    return { ready: ready.promise, all };
  }
}

/** Follows `blocked` to the one that failed by itself. */
function rootOf(error: unknown, fallback: string): string {
  if (!(error instanceof Blocked)) return fallback;
  return error.cause instanceof Blocked ? rootOf(error.cause, error.message) : error.message;
}

function dependenciesOf(stack: Stack, service: string): readonly string[] {
  const workload = stack.workloads.find(({ name }) => name === service);
  const calls = stack.services.find(({ name }) => name === service)?.calls ?? [];
  return [...new Set([...(workload?.dependsOn ?? []), ...calls])];
}

const serviceOf = ({ target }: Operation): string => parseInstanceId(target)?.service ?? target;
const replicaOf = ({ target }: Operation): number => parseInstanceId(target)?.replica ?? 0;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const firstLine = (text: string): string => text.split('\n')[0] ?? '';
const settled = async (results: readonly Promise<boolean>[]): Promise<boolean> =>
  (await Promise.all(results)).every(Boolean);
