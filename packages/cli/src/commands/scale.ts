import * as Args from '@oclif/core/args';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

export class Scale extends BaseCommand {
  static override summary = 'Change the number of replicas, without a dropped request';
  static override description =
    'New replicas get requests when they are ready; old ones finish theirs before they stop. The number holds until services.yaml says another one.';
  static override examples = [
    'hometrip scale booking-service=5',
    'hometrip scale booking-service=3 search-service=2',
  ];
  static override strict = false;
  static override args = { replicas: Args.string({ description: 'SERVICE=N, one or more', required: true }) };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Scale);
    const replicas = Object.fromEntries((argv as string[]).map(parseTarget));
    const [{ scale }, { createProgress }, { presentOperations }] = await Promise.all([
      import('../usecases/scale.ts'),
      import('../ui/progress.ts'),
      import('../ui/operations.ts'),
    ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const result = await this.interruptible((signal) =>
      scale(this.project(flags), replicas, progress.report, signal),
    ).finally(() => progress.finish());
    if (flags.json) this.terminal.jsonLine({ type: 'result', ...result });
    else presentOperations(result.operations, this.terminal);
  }
}

function parseTarget(text: string): [string, number] {
  const match = /^([a-z0-9-]+)=(\d+)$/.exec(text);
  if (match === null)
    throw new UserError(`"${text}" is not SERVICE=N`, {
      next: ['write for example: hometrip scale booking-service=3'],
      exitCode: 2,
    });
  return [match[1] ?? '', Number(match[2])];
}
