/**
 * Progress of a use case that acts: a live line for each phase in a terminal (listr2), a line for each finished operation
 * elsewhere, one JSON object a line for tools. Everything goes to stderr, but for the JSON, which is the output.
 */
import type { DriverEvent, Operation } from '../drivers/driver.ts';
import type { Terminal } from './terminal.ts';

export type StepEvent = {
  readonly type: 'step';
  readonly step: string;
  readonly status: 'started' | 'done';
  readonly detail?: string;
  readonly durationMs?: number;
};
export type ProgressEvent =
  | StepEvent
  | DriverEvent
  | { readonly type: 'plan'; readonly operations: readonly Operation[] };

export interface Progress {
  report(event: ProgressEvent): void;
  /** Ends the last live line; `failed` marks it. Call it before printing anything else. */
  finish(outcome?: 'done' | 'failed'): Promise<void>;
}

export function createProgress(terminal: Terminal, options: { json: boolean }): Progress {
  if (options.json) return { report: (event) => terminal.jsonLine(event), finish: () => Promise.resolve() };
  return terminal.interactiveErr ? patientProgress() : plainProgress(terminal);
}

function plainProgress(terminal: Terminal): Progress {
  return {
    report(event) {
      if (event.type === 'notice') terminal.err(event.message);
      if (event.type !== 'operation' || event.status === 'started' || event.status === 'serving') return;
      const { kind, target, cause } = event.operation;
      const outcome = event.status === 'failed' ? `  FAILED: ${event.detail ?? ''}` : '';
      terminal.err(`${kind} ${target} ${cause}${duration(event.durationMs)}${outcome}`);
    },
    finish: () => Promise.resolve(),
  };
}

/** How long work goes on unseen: what is done by then was not worth a line, nor the loading of what draws it. */
const UNSEEN_MS = 250;

/** Nothing for short work; then all from the beginning, drawn live. */
function patientProgress(): Progress {
  const early: ProgressEvent[] = [];
  let live: Promise<Progress> | undefined;
  let drawn: Progress | undefined;
  const draw = (): Promise<Progress> => {
    live ??= import('./live-progress.ts').then(({ liveProgress }) => {
      drawn = liveProgress();
      for (const event of early) drawn.report(event);
      return drawn;
    });
    return live;
  };
  const timer = setTimeout(() => void draw(), UNSEEN_MS);
  timer.unref();
  return {
    report(event) {
      if (drawn !== undefined) drawn.report(event);
      else early.push(event);
      // There is something to do: this will take longer.
      if (event.type === 'phase') void draw();
    },
    async finish(outcome) {
      clearTimeout(timer);
      if (outcome === 'failed' || early.some(({ type }) => type === 'notice')) await draw();
      await (await live)?.finish(outcome);
    },
  };
}

const duration = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '' : ` (${seconds(milliseconds)})`;
export const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined
    ? undefined
    : milliseconds < 1000
      ? `${milliseconds} ms`
      : `${(milliseconds / 1000).toFixed(1)} s`;
