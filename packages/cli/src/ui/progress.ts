/**
 * Progress of a use case that acts: a live line for each phase in a terminal (listr2), a line for each finished operation
 * elsewhere, one JSON object a line for tools. Everything goes to stderr, but for the JSON, which is the output.
 */
import { Listr } from 'listr2';
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
  return terminal.interactiveErr ? liveProgress() : plainProgress(terminal);
}

function plainProgress(terminal: Terminal): Progress {
  return {
    report(event) {
      if (event.type === 'notice') terminal.err(event.message);
      if (event.type !== 'operation' || event.status === 'started') return;
      const { kind, target, cause } = event.operation;
      const outcome = event.status === 'failed' ? `  FAILED: ${event.detail ?? ''}` : '';
      terminal.err(`${kind} ${target} ${cause}${duration(event.durationMs)}${outcome}`);
    },
    finish: () => Promise.resolve(),
  };
}

interface Live {
  readonly total: number;
  done: number;
  failed: number;
  readonly current: Set<string>;
  /** Said behind the title when it is done. */
  note?: string;
  update(): void;
  end(outcome: 'done' | 'failed', detail?: string): void;
}

const titles: Readonly<Record<string, string>> = {
  generate: 'Generate',
  build: 'Build',
  plan: 'Plan',
  components: 'Start components',
  handover: 'Hand over databases',
  databases: 'Create databases',
  migrations: 'Migrate',
  services: 'Start services',
  stopping: 'Stop services',
};

/** Phases follow one another; each has a list of its own, so that no list has to know what comes. */
function liveProgress(): Progress {
  let live: Live | undefined;
  let rendering: Promise<unknown> = Promise.resolve();
  const begin = (name: string, total: number) => {
    live?.end('done');
    const finished = Promise.withResolvers<void>();
    const title = titles[name] ?? name;
    const current = new Set<string>();
    const shown = { title, output: '' };
    let task: { title: string; output: string } = shown;
    const line: Live = {
      total,
      done: 0,
      failed: 0,
      current,
      update() {
        task.title = total > 1 ? `${title} ${this.done}/${total}` : title;
        task.output = [...current].slice(0, 4).join(', ');
      },
      end(outcome, detail) {
        task.title = `${title}${total > 1 ? ` ${this.done}/${total}` : ''}${detail === undefined ? '' : ` (${detail})`}`;
        if (outcome === 'done') finished.resolve();
        else finished.reject(new Error('failed'));
      },
    };
    live = line;
    const list = new Listr(
      [
        {
          title,
          task: async (_, wrapper) => {
            wrapper.title = task.title;
            wrapper.output = task.output;
            task = wrapper as unknown as typeof task;
            await finished.promise;
          },
        },
      ],
      {
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: { timer: undefined, showErrorMessage: false, collapseErrors: false },
      } as object,
    );
    const before = rendering;
    rendering = (async () => {
      await before;
      await list.run().catch(() => undefined);
    })();
  };
  return {
    report(event) {
      switch (event.type) {
        case 'step':
          if (event.status === 'started') begin(event.step, 1);
          else {
            live?.end(
              'done',
              [live?.note ?? event.detail, seconds(event.durationMs)].filter(Boolean).join(', ') || undefined,
            );
            live = undefined;
          }
          break;
        case 'phase':
          begin(event.phase, event.total);
          break;
        case 'operation': {
          if (live === undefined) break;
          const { target } = event.operation;
          if (event.status === 'started') live.current.add(target);
          else {
            live.current.delete(target);
            // The edge comes up beside the services and is not one of them.
            live.done = Math.min(live.done + 1, live.total);
            if (event.status === 'failed') live.failed += 1;
          }
          live.update();
          break;
        }
        case 'notice':
          if (live !== undefined) live.note = event.message;
          break;
        case 'plan':
          break;
      }
    },
    async finish(outcome = 'done') {
      live?.end(live.failed > 0 ? 'failed' : outcome);
      live = undefined;
      await rendering;
    },
  };
}

const duration = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '' : ` (${seconds(milliseconds)})`;
const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined
    ? undefined
    : milliseconds < 1000
      ? `${milliseconds} ms`
      : `${(milliseconds / 1000).toFixed(1)} s`;
