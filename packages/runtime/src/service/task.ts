/**
 * Tasks: what the operator of the machine has a service do, with its settings and its stores, and without a request:
 * `main.js task NAME ARGUMENTS…`. There is no endpoint for them.
 */
import { closedVerifier } from '../auth/verifier.ts';
import type { AnyService } from './definition.ts';
import { openService, type StartOptions } from './open.ts';

/** One task. */
export interface Task {
  readonly name: string;
  /** `grant EMAIL | revoke EMAIL | list` */
  readonly usage?: string | undefined;
  /** One line about what it does. */
  readonly summary: string;
  /** @returns what it has to say, as JSON. @throws TaskError for what the operator can put right. */
  run(args: readonly string[]): Promise<unknown>;
}

/** Why a task was not done. The message says what is wrong. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  /** For programs: `unknown-account`. */
  readonly code: string;
  /** What to do, a line each. */
  readonly next: readonly string[];

  constructor(message: string, { code, next = [] }: { code: string; next?: readonly string[] }) {
    super(message);
    this.code = code;
    this.next = next;
  }
}

/** What came of a task: one line of JSON on standard output. */
export type TaskOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: readonly string[] };

/**
 * Opens what the service needs, runs the task, and closes everything again. Neither listens nor handles events.
 * @throws SettingError for a setting that is missing or wrong, and what the task threw beside TaskErrors.
 */
export async function runTask(
  definition: AnyService,
  [name, ...args]: readonly string[],
  options: StartOptions,
): Promise<TaskOutcome> {
  const { platform, ports, endings } = await openService(definition, {
    // Nobody sends it a token.
    verifier: closedVerifier,
    ...options,
  });
  try {
    const tasks = (definition.tasks?.(platform) ?? []) as readonly Task[];
    const task = tasks.find((candidate) => candidate.name === name);
    if (task === undefined) return unknownTask(definition.name, name, tasks);
    return { ok: true, result: (await task.run(args)) ?? null };
  } catch (error) {
    const { code, message, next, detail } = error as TaskError & { detail?: string };
    // A ProblemError of the code that routes share has a detail for people.
    if (error instanceof TaskError || detail !== undefined)
      return { ok: false, code, message: detail ?? message, next: next ?? [] };
    throw error;
  } finally {
    for (const end of [...endings.drain, ...endings.close]) await end();
    await ports.close();
  }
}

function unknownTask(service: string, name: string | undefined, tasks: readonly Task[]): TaskOutcome {
  const list = tasks.map((task) => `${[task.name, task.usage].filter(Boolean).join(' ')}: ${task.summary}`);
  return {
    ok: false,
    code: 'unknown-task',
    message: name === undefined ? `${service} needs the name of a task` : `${service} has no task "${name}"`,
    next: list.length === 0 ? [`${service} has no tasks`] : list,
  };
}
