import type { Instance, ObservedComponent } from '../drivers/driver.ts';
import { idOf, isSelected, parseInstanceId } from '../drivers/embedded/desired.ts';
import { processUsage, type ProcessUsage } from '../drivers/embedded/processes.ts';
import { rates, readMetrics, type MetricsSample, type Rates } from '../drivers/embedded/metrics.ts';
import type { Project } from '../platform/project.ts';
import { openStack, requireApplied, requireInstances } from './stack-context.ts';
import { scaledToZero, serviceUrls, type ServiceUrl } from './up.ts';

export interface InstanceStatus extends Instance {
  /** Share of one core since the sample before: 0.5 is half a core. */
  readonly cpu: number | undefined;
  /** Resident bytes. */
  readonly memory: number | undefined;
  /** Undefined when not asked for, or when the instance has no metrics. */
  readonly rates: Rates | undefined;
}

export interface StackStatus {
  readonly stack: string | undefined;
  readonly running: boolean;
  /** `gone`: it was killed. What it started goes on, and the next `hometrip up` takes over. */
  readonly supervisor: 'running' | 'gone' | 'none';
  readonly instances: readonly InstanceStatus[];
  /** Services that have no instance because they shall have none, in the order of services.yaml. */
  readonly scaledToZero: readonly string[];
  /** None when the status of some services was asked for. */
  readonly components: readonly ObservedComponent[];
  readonly urls: readonly ServiceUrl[];
}

interface Sample {
  readonly at: number;
  readonly usage: ReadonlyMap<number, ProcessUsage>;
  readonly metrics: ReadonlyMap<number, MetricsSample>;
}

export interface StatusOptions {
  /** Also ask every instance for its requests, latency and errors. */
  readonly metrics?: boolean;
  /** Only these: services, or one replica each (`booking-service#2`). */
  readonly services?: readonly string[];
}

/** First sight: two looks this far apart, since a rate needs two. */
const FIRST_WINDOW_MS = 500;

/**
 * A function that tells how the stack is. Figures per second refer to the call before; the first call looks twice.
 *
 * @throws UserError for a service that the stack does not have.
 */
export function createStatus(
  project: Pick<Project, 'root'>,
  options: StatusOptions = {},
): () => Promise<StackStatus> {
  const context = openStack(project);
  const { driver } = context;
  const chosen = options.services ?? [];
  if (chosen.length > 0) requireInstances(requireApplied(context), chosen);
  const metrics = options.metrics === true;
  const observe = async () => {
    const observed = await driver.observe();
    return { ...observed, instances: observed.instances.filter((instance) => isSelected(chosen, instance)) };
  };
  let previous: Sample | undefined;
  return async () => {
    let observed = await observe();
    if (previous === undefined && observed.running) {
      previous = await sample(observed.instances, metrics);
      await new Promise((resolve) => setTimeout(resolve, FIRST_WINDOW_MS));
      observed = await observe();
    }
    const current = await sample(observed.instances, metrics);
    const before = previous;
    previous = current;
    const applied = driver.applied();
    const stack = applied?.stack;
    const isChosen = (service: string): boolean =>
      chosen.length === 0 || chosen.some((name) => (parseInstanceId(name)?.service ?? name) === service);
    return {
      stack: stack?.name,
      running: observed.running,
      supervisor: observed.supervisor,
      instances: [...observed.instances]
        .sort((a, b) => order(stack?.services.map(({ name }) => name) ?? [], a, b))
        .map((instance) => withFigures(instance, current, before)),
      scaledToZero: applied === undefined || !observed.running ? [] : scaledToZero(applied).filter(isChosen),
      components: chosen.length === 0 ? observed.components : [],
      urls:
        stack === undefined
          ? []
          : serviceUrls(stack, observed.instances, observed.urls).filter(({ service }) => isChosen(service)),
    };
  };
}

/** How the stack is, once. */
export const status = (project: Pick<Project, 'root'>, options: StatusOptions = {}): Promise<StackStatus> =>
  createStatus(project, options)();

async function sample(instances: readonly Instance[], metrics: boolean): Promise<Sample> {
  const pids = instances.flatMap(({ pid }) => pid ?? []);
  const usage = await processUsage(pids);
  const at = performance.now();
  const read = metrics
    ? await Promise.all(
        instances.map(
          async ({ pid, port, operationsPort = port }) =>
            [pid, operationsPort === undefined ? undefined : await readMetrics(operationsPort)] as const,
        ),
      )
    : [];
  return {
    at,
    usage,
    metrics: new Map(
      read.flatMap(([pid, found]) =>
        pid === undefined || found === undefined ? [] : [[pid, found] as const],
      ),
    ),
  };
}

function withFigures(instance: Instance, current: Sample, before: Sample | undefined): InstanceStatus {
  const { pid } = instance;
  const now = pid === undefined ? undefined : current.usage.get(pid);
  const then = pid === undefined ? undefined : before?.usage.get(pid);
  const seconds = before === undefined ? 0 : (current.at - before.at) / 1_000;
  const cpu =
    now === undefined || then === undefined || seconds <= 0
      ? undefined
      : Math.max(0, now.cpuSeconds - then.cpuSeconds) / seconds;
  const sampled = pid === undefined ? undefined : current.metrics.get(pid);
  return {
    ...instance,
    cpu,
    memory: now?.memory,
    rates:
      sampled === undefined
        ? undefined
        : rates(sampled, pid === undefined ? undefined : before?.metrics.get(pid)),
  };
}

function order(services: readonly string[], a: Instance, b: Instance): number {
  const place = services.indexOf(a.service) - services.indexOf(b.service);
  return place !== 0 ? place : a.replica - b.replica || (idOf(a) < idOf(b) ? -1 : 1);
}
