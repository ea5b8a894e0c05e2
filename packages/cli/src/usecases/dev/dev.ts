/** The loop of somebody who writes code: `up` again and again, each time that something is saved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine, Operation } from '../../drivers/driver.ts';
import { acquireLock } from '../../drivers/embedded/lock.ts';
import { stackId } from '../../drivers/embedded/processes.ts';
import type { Stack } from '../../model/stack.ts';
import { debuggerPorts } from '../../platform/debugger-port.ts';
import { UserError } from '../../platform/errors.ts';
import { templatesFolder } from '../../platform/installation.ts';
import type { Project } from '../../platform/project.ts';
import { prepareStateDir, type StateDir } from '../../platform/state-dir.ts';
import { type Watcher, watchFiles } from '../../platform/watch.ts';
import { loadStack } from '../load-stack.ts';
import { openStack, requireServices, type StackContext } from '../stack-context.ts';
import { sourceOf, up, type UpEvent, type UpOptions, type UpResult, type UpSteps } from '../up.ts';
import { type Places, type Work, workFor } from './work.ts';

export interface DevOptions extends Pick<UpOptions, 'env' | 'variables'> {
  /** Whose code is watched, and of which there is one replica each. None: all. */
  readonly services: readonly string[];
  /** Services for debuggers. */
  readonly inspect: readonly string[];
}

export type DevEvent =
  /** Of bringing the stack up. */
  | UpEvent
  /** It is up and as the code says; from now on changes are served. `inspect`: ports of debuggers, by service. */
  | {
      readonly type: 'watching';
      readonly result: UpResult;
      readonly services: readonly string[];
      readonly inspect: Readonly<Record<string, number>>;
    }
  /** Requests go to the new code. `durationMs`: since the change was seen; `files`: relative to the project. */
  | {
      readonly type: 'served';
      readonly service: string;
      readonly files: readonly string[];
      readonly durationMs: number;
    }
  /** All that follows from a change is done; after a failure also when nothing had to be. */
  | {
      readonly type: 'applied';
      readonly files: readonly string[];
      readonly operations: readonly Operation[];
      readonly durationMs: number;
    }
  /** What is there is not as the files say: the code before serves on. */
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'log'; readonly line: LogLine };

/** What became of the stack. */
export type DevOutcome =
  | { readonly left: 'as up'; readonly operations: readonly Operation[] }
  /** Something is wrong with the files: what was served last goes on. */
  | { readonly left: 'as it was'; readonly error: unknown }
  | { readonly left: 'down' };

/** Of one pass. Done: all is as the files say. Superseded: something newer was saved, and is still to be taken. */
type Outcome = 'done' | 'failed' | 'superseded';

/** A new save ends the waiting for an instance that is this long in coming, in milliseconds. */
const PATIENCE_MS = 1_000;
const LOOK_MS = 50;

/**
 * Until aborted; then the stack is left as `up` would have it, with all replicas and without debuggers.
 *
 * @param steps As those of `up`; called when services.yaml or a template may have changed.
 * @throws UserError when it cannot begin, or the stack was taken down meanwhile. What is wrong with files is reported.
 */
export async function dev(
  project: Project,
  steps: UpSteps,
  options: DevOptions,
  report: (event: DevEvent) => void,
  signal: AbortSignal,
): Promise<DevOutcome> {
  const context = openStack(project);
  await prepareStateDir(context.dir);
  using _ = await onlyOne(context.dir);
  const session = new Session(project, steps, options, context, report);
  try {
    await session.run(signal);
    return await session.end();
  } finally {
    await session.close();
  }
}

class Session {
  readonly #project: Project;
  readonly #steps: UpSteps;
  readonly #options: DevOptions;
  readonly #context: StackContext;
  readonly #report: (event: DevEvent) => void;
  readonly #reading = new AbortController();
  #watcher: Watcher | undefined;
  #inspect: Readonly<Record<string, number>> = {};
  /** The last that was brought up; undefined: none yet. */
  #result: UpResult | undefined;
  /** What was generated last, by absolute path; undefined: removed. */
  readonly #written = new Map<string, Uint8Array | undefined>();
  /** Until it is done, nobody can tell our own changes from others. */
  #generating = false;
  /** The last change was not worked in, and the user knows it. */
  #failed = false;
  #logs: Promise<void> = Promise.resolve();

  constructor(
    project: Project,
    steps: UpSteps,
    options: DevOptions,
    context: StackContext,
    report: (event: DevEvent) => void,
  ) {
    this.#project = project;
    this.#steps = steps;
    this.#options = options;
    this.#context = context;
    this.#report = report;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#requireServices();
    this.#inspect = await debuggerPorts(this.#options.inspect);
    // Before the first look: what is saved meanwhile is seen.
    const watcher = (this.#watcher = await watchFiles([
      ...this.#filesToGenerateFrom(),
      this.#project.output,
    ]));
    let owed: Work | undefined = 'generate';
    let files: readonly string[] = [];
    let asked = true;
    while (!signal.aborted) {
      const outcome: Outcome | undefined =
        asked && owed !== undefined ? await this.#pass(owed, files, watcher, signal) : undefined;
      if (outcome === 'done') owed = undefined;
      files = await watcher.next(signal);
      const wanted = this.#workFor(files);
      // What was given up is taken up again, whatever has become of the change that it was given up for.
      asked = wanted !== undefined || outcome === 'superseded';
      // What failed is still to be done.
      if (owed !== 'generate') owed = wanted ?? owed;
    }
  }

  /** Ends what `run` began; the stack becomes what `up` makes of it. */
  async end(): Promise<DevOutcome> {
    const { running } = await this.#context.driver.observe();
    if (!running || this.#result === undefined)
      return { left: running ? 'as it was' : 'down', error: undefined };
    try {
      const { operations } = await up(
        this.#project,
        this.#steps,
        this.#upOptions(),
        () => undefined,
        new AbortController().signal,
      );
      return { left: 'as up', operations };
    } catch (error) {
      return { left: 'as it was', error };
    }
  }

  async close(): Promise<void> {
    this.#reading.abort();
    await this.#watcher?.close();
    await this.#logs;
  }

  async #pass(work: Work, files: readonly string[], watcher: Watcher, signal: AbortSignal): Promise<Outcome> {
    const before = this.#result;
    if (before !== undefined) await this.#requireRunning();
    const startedAt = performance.now();
    const since = (): number => Math.round(performance.now() - startedAt);
    const superseded = new AbortController();
    const served = new Set<string>();
    const looking = setInterval(() => {
      if (this.#generating || served.size > 0 || since() < PATIENCE_MS) return;
      if (this.#workFor(watcher.pending()) !== undefined)
        superseded.abort(new Error('something newer was saved'));
    }, LOOK_MS);
    const changed = files.map((path) => relativeTo(this.#project.root, path));
    try {
      const result = await up(
        this.#project,
        work === 'generate' || before === undefined
          ? { generate: (...args) => this.#generate(...args) }
          : { generate: () => Promise.resolve({ stack: before.stack }) },
        {
          ...this.#upOptions(),
          dev: { services: (stack) => this.#services(stack), inspect: this.#inspect },
        },
        (event) => {
          if (before === undefined) return this.#report(event);
          const service = servingService(event);
          if (service === undefined || served.has(service)) return;
          served.add(service);
          this.#report({ type: 'served', service, files: changed, durationMs: since() });
        },
        AbortSignal.any([signal, superseded.signal]),
      );
      this.#keep(result);
      if (before === undefined) await this.#begin(result);
      else if (result.operations.length > 0 || this.#failed)
        this.#report({
          type: 'applied',
          files: changed,
          operations: result.operations,
          durationMs: since(),
        });
      this.#failed = false;
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'failed';
      if (superseded.signal.aborted) return 'superseded';
      this.#failed = true;
      this.#report({ type: 'failed', error });
      return 'failed';
    } finally {
      clearInterval(looking);
    }
  }

  async #generate(...args: Parameters<UpSteps['generate']>): ReturnType<UpSteps['generate']> {
    this.#generating = true;
    try {
      const generated = await this.#steps.generate(...args);
      for (const { path, content } of generated.plan?.writes ?? [])
        this.#written.set(join(this.#project.output, path), content);
      return generated;
    } finally {
      this.#generating = false;
    }
  }

  /** What we have generated ourselves is no change. */
  #workFor(changed: readonly string[]): Work | undefined {
    const others = changed.filter((path) => {
      const content = this.#written.get(path);
      return !this.#written.has(path) || !isOnDisk(path, content);
    });
    return workFor(others, this.#places());
  }

  async #begin(result: UpResult): Promise<void> {
    const services = this.#services(result.stack);
    this.#report({ type: 'watching', result, services, inspect: this.#inspect });
    const lines = this.#context.driver.logs(
      { services, follow: true, since: undefined, tail: 0, grep: undefined, level: undefined },
      this.#reading.signal,
    );
    this.#logs = (async () => {
      for await (const line of lines) this.#report({ type: 'log', line });
    })();
  }

  #keep(result: UpResult): void {
    this.#result = result;
    // Modules that lie elsewhere in the project.
    this.#watcher?.add(result.sources.filter((path) => !path.startsWith(this.#project.output)));
  }

  #upOptions(): UpOptions {
    const { env, variables } = this.#options;
    return { env, ...(variables === undefined ? {} : { variables }) };
  }

  /** A name that is mistyped is not for the next save to mend; what is wrong with services.yaml is, and is shown by the first pass. */
  async #requireServices(): Promise<void> {
    const { env } = this.#options;
    const stack = await loadStack(this.#project.specFile, env === undefined ? {} : { env }).then(
      (loaded) => loaded.stack,
      () => undefined,
    );
    if (stack !== undefined) this.#services(stack);
  }

  /** Those that were asked for, or all. @throws UserError for one that the stack does not have. */
  #services(stack: Stack): readonly string[] {
    const { services, inspect } = this.#options;
    requireServices(stack, [...services, ...inspect]);
    return services.length > 0
      ? [...new Set([...services, ...inspect])]
      : stack.services.map(({ name }) => name);
  }

  #filesToGenerateFrom(): string[] {
    const { root, specFile } = this.#project;
    return [specFile, join(root, 'templates'), join(root, 'hometrip.config.ts'), templatesFolder()];
  }

  #places(): Places {
    const stack = this.#result?.stack;
    const [specFile = '', ...templates] = this.#filesToGenerateFrom();
    return {
      specFile,
      templates,
      services:
        stack === undefined
          ? [join(this.#project.output, 'services')]
          : this.#services(stack).map((name) => join(this.#project.output, sourceOf(stack, name))),
      sources: this.#result?.sources ?? [],
    };
  }

  async #requireRunning(): Promise<void> {
    const { running } = await this.#context.driver.observe();
    if (running) return;
    throw new UserError('the stack was taken down, so there is nothing to serve changes', {
      where: this.#project.root,
      next: ['bring it up and go on: hometrip dev'],
    });
  }
}

function isOnDisk(path: string, content: Uint8Array | undefined): boolean {
  try {
    return content !== undefined && readFileSync(path).equals(content);
  } catch {
    return content === undefined;
  }
}

/** Two of them would each undo what the other one wants. */
async function onlyOne(dir: StateDir): Promise<Disposable> {
  const marker = `hometrip-dev-${stackId(dir.root)}`;
  const title = process.title;
  process.title = marker;
  const lock = await acquireLock(join(dir.root, 'dev'), { pid: process.pid, marker });
  if (lock === undefined) {
    process.title = title;
    throw new UserError('hometrip dev runs for this project already', {
      where: dir.project,
      next: ['go on there, or end it with Ctrl-C and start it here'],
    });
  }
  return {
    [Symbol.dispose]: () => {
      lock.release();
      process.title = title;
    },
  };
}

function servingService(event: UpEvent): string | undefined {
  if (event.type !== 'operation') return undefined;
  const { kind, target } = event.operation;
  const serves = event.status === 'serving' || (kind === 'start' && event.status === 'done');
  return serves && target.includes('#') ? target.replace(/#\d+$/, '') : undefined;
}

const relativeTo = (root: string, path: string): string =>
  path.startsWith(join(root, '/')) ? path.slice(join(root, '/').length) : path;
