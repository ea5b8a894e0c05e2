import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { setTimeout as delay } from 'node:timers/promises';
import type { Screen } from '../ui/screen.ts';
import { BaseCommand } from './base.ts';

export class Status extends BaseCommand {
  static override aliases = ['ps'];
  static override summary = 'Show every instance: state, port, restarts, CPU, memory';
  static override examples = [
    'hometrip status',
    'hometrip status --watch --all',
    'hometrip status booking-service',
    'hometrip status --json | jq \'.instances[] | select(.state != "ready")\'',
  ];
  static override strict = false;
  static override args = {
    services: Args.string({
      description: 'only these: SERVICE or SERVICE#REPLICA (default: all)',
      required: false,
    }),
  };
  static override flags = {
    watch: Flags.boolean({ char: 'w', description: 'draw it anew every two seconds, until Ctrl-C' }),
    all: Flags.boolean({
      char: 'a',
      description: 'also requests per second, p95 and errors of each instance',
    }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Status);
    const [{ createStatus }, { statusText }] = await Promise.all([
      import('../usecases/status.ts'),
      import('../ui/status.ts'),
    ]);
    const look = createStatus(this.project(flags), {
      metrics: flags.all,
      services: argv as string[],
    });
    const { terminal } = this;
    const show = async () => {
      const status = await look();
      if (flags.json) terminal[flags.watch ? 'jsonLine' : 'json'](status);
      else terminal.out(statusText(status, terminal, { all: flags.all }));
    };
    if (!flags.watch) return show();
    const screen = terminal.interactive && !flags.json ? terminal.screen() : undefined;
    const redraw = async (view: Screen) => {
      const status = await look();
      view.draw((columns) => statusText(status, { style: terminal.style, columns }, { all: flags.all }));
    };
    try {
      await this.interruptible(async (signal) => {
        while (!signal.aborted) {
          await (screen === undefined ? show() : redraw(screen));
          await delay(2000, undefined, { signal }).catch(() => undefined);
        }
      });
    } finally {
      screen?.close();
    }
  }
}
