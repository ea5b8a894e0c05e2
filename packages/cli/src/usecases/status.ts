import type { Instance, ObservedComponent } from '../drivers/driver.ts';
import { idOf } from '../drivers/embedded/desired.ts';
import { processUsage, type ProcessUsage } from '../drivers/embedded/processes.ts';
import { rates, readMetrics, type MetricsSample, type Rates } from '../drivers/embedded/metrics.ts';
import type { Project } from '../platform/project.ts';
import { openStack } from './stack-context.ts';
import { serviceUrls, type ServiceUrl } from './up.ts';

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
  readonly components: readonly ObservedComponent[];
  readonly urls: readonly ServiceUrl[];
}

interface Sample {
  readonly at: number;
  readonly usage: ReadonlyMap<number, ProcessUsage>;
  readonly metrics: ReadonlyMap<number, MetricsSample>;
}

/** First sight: two looks this far apart, since a rate needs two. */
const FIRST_WINDOW_MS = 500;

/**
 * A function that tells how the stack is. Figures per second refer to the call before; the first call looks twice.
 * `metrics`: also ask every instance for its requests, latency and errors.
 */
export function createStatus(
  project: Pick<Project, 'root'>,
  options: { readonly metrics?: boolean } = {},
): () => Promise<StackStatus> {
  const { driver } = openStack(project);
  let previous: Sample | undefined;
  return async () => {
    let observed = await driver.observe();
    if (previous === undefined && observed.running) {
      previous = await sample(observed.instances, options.metrics === true);
      await new Promise((resolve) => setTimeout(resolve, FIRST_WINDOW_MS));
      observed = await driver.observe();
    }
    const current = await sample(observed.instances, options.metrics === true);
    const before = previous;
    previous = current;
    const stack = driver.applied()?.stack;
    return {
      stack: stack?.name,
      running: observed.running,
      supervisor: observed.supervisor,
      instances: [...observed.instances]
        .sort((a, b) => order(stack?.services.map(({ name }) => name) ?? [], a, b))
        .map((instance) => withFigures(instance, current, before)),
      components: observed.components,
      urls: stack === undefined ? [] : serviceUrls(stack, observed.instances, observed.urls),
    };
  };
}

/** How the stack is, once. */
export const status = (
  project: Pick<Project, 'root'>,
  options: { readonly metrics?: boolean } = {},
): Promise<StackStatus> => createStatus(project, options)();

async function sample(instances: readonly Instance[], metrics: boolean): Promise<Sample> {
  const pids = instances.flatMap(({ pid }) => pid ?? []);
  const usage = await processUsage(pids);
  const at = performance.now();
  const read = metrics
    ? await Promise.all(
        instances.map(
          async ({ pid, port }) => [pid, port === undefined ? undefined : await readMetrics(port)] as const,
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
