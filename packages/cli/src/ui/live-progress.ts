/** Progress on a terminal: a live line for each phase. */
import { Listr } from 'listr2';
import { type Progress, seconds } from './progress.ts';

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
export function liveProgress(): Progress {
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
          else if (event.status !== 'serving') {
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
