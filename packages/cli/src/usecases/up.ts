/** services.yaml → a running stack: generate, build, decide, act. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fingerprint, referencedVariables, type EmbeddedDesired } from '../drivers/embedded/desired.ts';
import { requireExternal } from '../drivers/embedded/external.ts';
import { refuseExternalHandovers } from '../drivers/embedded/handover.ts';
import type { DriverEvent, Instance, ObservedComponent, Operation } from '../drivers/driver.ts';
import { hashMigrations, type PendingFiles } from '../drivers/embedded/migrations.ts';
import { forgetOutdatedScale, wantedReplicas } from '../drivers/embedded/scale.ts';
import { ensureSecrets, givenSecret, secretHashes } from '../drivers/embedded/secrets.ts';
import type { FilePlan } from '../files/index.ts';
import type { Stack } from '../model/stack.ts';
import { buildServices, type ServiceBuild } from '../platform/build-services.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { prepareStateDir } from '../platform/state-dir.ts';
import { openStack, requireServices } from './stack-context.ts';

export interface UpOptions {
  /** Only these services and what they need. */
  readonly services?: readonly string[];
  readonly env?: string | undefined;
  /** Decide only: generate, build and plan, but start nothing. */
  readonly dryRun?: boolean;
  /** What `hometrip dev` asks for besides. */
  readonly dev?: DevWishes | undefined;
  /** Values of `${NAME}` in the spec. Default: none. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** How services run while somebody works on them. */
export interface DevWishes {
  /** They have one replica each. */
  services(stack: Stack): readonly string[];
  /** Ports for debuggers, by service. */
  readonly inspect: Readonly<Record<string, number>>;
}

export interface UpSteps {
  /** Writes what is out of date and says what the stack is; in a dry run, `plan` has what it would write. */
  generate(
    project: Project,
    options: { env?: string | undefined },
  ): Promise<{ readonly stack: Stack; readonly plan?: Pick<FilePlan, 'writes'> }>;
}

export type UpEvent =
  | {
      readonly type: 'step';
      readonly step: 'generate' | 'build' | 'plan';
      readonly status: 'started' | 'done';
      readonly detail?: string;
      readonly durationMs?: number;
    }
  | { readonly type: 'plan'; readonly operations: readonly Operation[] }
  | DriverEvent;

export interface UpResult {
  readonly stack: Stack;
  /** Empty: everything was as it should be. */
  readonly operations: readonly Operation[];
  readonly instances: readonly Instance[];
  /** Services that have no instance because they shall have none, in the order of services.yaml. */
  readonly scaledToZero: readonly string[];
  readonly components: readonly ObservedComponent[];
  readonly urls: readonly ServiceUrl[];
  /** Folder with the stack's secrets, one file each. */
  readonly secrets: string;
  /** Absolute paths of the modules that services consist of, packages left out. */
  readonly sources: readonly string[];
  readonly durationMs: number;
}

export interface ServiceUrl {
  readonly service: string;
  readonly url: string;
  /** `gateway`: for everybody; `service`: direct, for looking at one service. */
  readonly kind: 'gateway' | 'service';
}

/**
 * Brings the stack to what services.yaml says, and returns when all of it is ready; it goes on in the background. An
 * abort stops what is not yet begun and leaves what runs running.
 *
 * @throws UserError with the root cause; what does not depend on it runs, and the next `up` goes on from there.
 */
export async function up(
  project: Project,
  steps: UpSteps,
  options: UpOptions,
  report: (event: UpEvent) => void,
  signal: AbortSignal,
): Promise<UpResult> {
  const startedAt = performance.now();
  const { dir, driver } = openStack(project);
  const step = createStepper(report, signal);
  const { stack, plan: files } = await step('generate', () =>
    steps.generate(project, options.env === undefined ? {} : { env: options.env }),
  );
  const pending: PendingFiles = new Map(
    options.dryRun === true
      ? (files?.writes ?? []).map(({ path, content }) => [join(project.output, path), content])
      : [],
  );
  await driver.preflight(stack);
  if (options.services !== undefined) requireServices(stack, options.services);
  const developed = options.dev?.services(stack) ?? [];
  if (options.dryRun !== true) refuseExternalHandovers(stack);
  const external = externalValues(stack, options.variables ?? {});
  if (options.dryRun !== true)
    await requireExternal(stack, external, (name) => givenSecret(dir, name), signal);
  await prepareStateDir(dir);
  await ensureSecrets(stack, dir);
  forgetOutdatedScale(stack, dir);
  const build = await step(
    'build',
    () =>
      buildOf(entriesOf(stack, project.output, options.dryRun === true, pending), (entries) =>
        buildServices({
          project: project.root,
          outDir: dir.build,
          entries,
        }),
      ),
    ({ built }) => (built ? undefined : 'unchanged'),
  );
  const { desired, observed, operations } = await step('plan', async () => {
    const secrets = secretHashes(stack, dir);
    const wanted: EmbeddedDesired = {
      stack,
      output: project.output,
      build: build.dir,
      external,
      secrets,
      replicas: { ...wantedReplicas(stack, dir), ...oneEach(developed) },
      migrations: await hashMigrations(project.output, stack, pending),
      only: options.services,
      inspect: options.dev?.inspect,
      fingerprints: Object.fromEntries(
        stack.services.map((service) => [
          service.name,
          fingerprint(
            hasPendingCode(stack, project.output, service.name, pending)
              ? 'to be generated'
              : (build.fingerprints[service.name] ?? ''),
            stack,
            service,
            { external, secrets, inspect: options.dev?.inspect },
          ),
        ]),
      ),
    };
    const found = await driver.observe();
    return {
      desired: wanted,
      observed: found,
      operations: [...generation(pending), ...driver.plan(wanted, found)],
    };
  });
  report({ type: 'plan', operations });
  const nothingToDo =
    operations.length === 0 && observed.supervisor === 'running' && driver.isApplied(desired);
  if (options.dryRun !== true && !nothingToDo) await driver.perform(operations, desired, report, signal);
  const after = nothingToDo || options.dryRun === true ? observed : await driver.observe();
  const { instances, components } = after;
  const urls = serviceUrls(stack, instances, after.urls);
  return {
    stack,
    operations,
    instances,
    scaledToZero: scaledToZero(desired),
    components,
    urls,
    secrets: dir.secrets,
    sources: build.sources,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

const oneEach = (services: readonly string[]): Record<string, number> =>
  Object.fromEntries(services.map((service) => [service, 1]));

/** Services of the stack that shall have no instance. */
export const scaledToZero = ({
  stack,
  replicas,
}: Pick<EmbeddedDesired, 'stack' | 'replicas'>): readonly string[] =>
  stack.services.map(({ name }) => name).filter((name) => replicas[name] === 0);

/** Gateways first. The edge holds the ports; a service without any instance is nowhere. */
export function serviceUrls(
  stack: Stack,
  instances: readonly Instance[],
  edge: Readonly<Record<string, string>>,
): ServiceUrl[] {
  return stack.services.flatMap(({ name, kind }): ServiceUrl[] => {
    const url = edge[name];
    return url === undefined || !instances.some(({ service }) => service === name)
      ? []
      : [{ service: name, url, kind }];
  });
}

/** Folder of a service below the output folder. */
export const sourceOf = (stack: Stack, name: string): string =>
  stack.workloads.find((workload) => workload.name === name)?.source ?? join('services', name);

/** In a dry run nothing was written yet: what `up` does first. */
function generation(pending: PendingFiles): readonly Operation[] {
  if (pending.size === 0) return [];
  const target = pending.size === 1 ? '1 file' : `${pending.size} files`;
  return [{ kind: 'generate', target, cause: 'because services.yaml or a template changed' }];
}

const hasPendingCode = (stack: Stack, output: string, service: string, pending: PendingFiles): boolean =>
  [...pending.keys()].some((path) => path.startsWith(join(output, sourceOf(stack, service), 'src', sep)));

/** Before the first generation there is nothing to build. */
const buildOf = async (
  entries: Record<string, string>,
  build: (entries: Record<string, string>) => Promise<ServiceBuild>,
): Promise<ServiceBuild> =>
  Object.keys(entries).length === 0
    ? { dir: '', fingerprints: {}, sources: [], built: false }
    : await build(entries);

function entriesOf(
  stack: Stack,
  output: string,
  dryRun: boolean,
  pending: PendingFiles,
): Record<string, string> {
  const entries = stack.services.map(({ name }) => {
    const source = sourceOf(stack, name);
    return { name, source, entry: join(output, source, 'src', 'main.ts') };
  });
  const missing = entries.find(({ entry }) => !existsSync(entry));
  if (missing !== undefined && !dryRun) {
    const { name, entry, source } = missing;
    throw new UserError(`${name} has no main.ts`, {
      where: entry,
      next: [`bring it back: hometrip generate --restore ${join(source, 'src', 'main.ts')}`],
    });
  }
  // In a dry run, code that is still to be generated may be missing, or not fit what is there.
  return Object.fromEntries(
    entries
      .filter(({ name, entry }) => existsSync(entry) && !hasPendingCode(stack, output, name, pending))
      .map(({ name, entry }) => [name, entry]),
  );
}

/** @throws UserError that names every variable without a value. */
function externalValues(
  stack: Stack,
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const expressions = stack.services.flatMap((service) => service.bindings.map(({ url }) => url));
  const environments = stack.workloads
    .filter(({ kind }) => kind !== 'component')
    .flatMap(({ environment }) => Object.values(environment));
  const values = referencedVariables([...expressions, ...environments]).map(({ variable, fallback }) => ({
    variable,
    value: (variables[variable] ?? '') === '' ? (fallback ?? '') : (variables[variable] ?? ''),
  }));
  const missing = values.filter(({ value }) => value === '').map(({ variable }) => variable);
  if (missing.length > 0) {
    throw new UserError(
      `services.yaml refers to ${missing.map((name) => `\${${name}}`).join(', ')}, which has no value`,
      {
        next: missing.map((name) => `set it: ${name}=… hometrip up`),
      },
    );
  }
  return Object.fromEntries(values.map(({ variable, value }) => [variable, value]));
}

function createStepper(report: (event: UpEvent) => void, signal: AbortSignal) {
  return async <T>(
    step: 'generate' | 'build' | 'plan',
    work: () => Promise<T>,
    detail?: (result: T) => string | undefined,
  ): Promise<T> => {
    signal.throwIfAborted();
    report({ type: 'step', step, status: 'started' });
    const startedAt = performance.now();
    const result = await work();
    const text = detail?.(result);
    report({
      type: 'step',
      step,
      status: 'done',
      durationMs: Math.round(performance.now() - startedAt),
      ...(text === undefined ? {} : { detail: text }),
    });
    return result;
  };
}
