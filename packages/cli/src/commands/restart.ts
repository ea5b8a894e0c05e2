import * as Args from '@oclif/core/args';
import { BaseCommand } from './base.ts';

export class Restart extends BaseCommand {
  static override summary = 'Replace instances one at a time, without a dropped request';
  static override examples = ['hometrip restart booking-service', 'hometrip restart'];
  static override strict = false;
  static override args = {
    services: Args.string({ description: 'services to restart (default: all)', required: false }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Restart);
    const [{ restart }, { createProgress }, { presentOperations }] = await Promise.all([
      import('../usecases/restart.ts'),
      import('../ui/progress.ts'),
      import('../ui/operations.ts'),
    ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const result = await this.interruptible((signal) =>
      restart(this.project(flags), argv as string[], progress.report, signal),
    ).finally(() => progress.finish());
    if (flags.json) this.terminal.jsonLine({ type: 'result', ...result });
    else presentOperations(result.operations, this.terminal);
  }
}
