import { createInterface } from 'node:readline/promises';
import * as Flags from '@oclif/core/flags';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

export class Down extends BaseCommand {
  static override summary = 'Stop the stack; its data stays';
  static override examples = ['hometrip down', 'hometrip down --volumes'];
  static override flags = {
    volumes: Flags.boolean({ description: 'also delete the data, secrets and logs of the stack' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Down);
    const project = this.project(flags);
    if (flags.volumes && !flags.yes)
      await this.confirm(`Type "delete" to delete all data of the stack in ${project.root}: `, 'delete');
    const [{ down }, { createProgress }] = await Promise.all([
      import('../usecases/down.ts'),
      import('../ui/progress.ts'),
    ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const result = await down(project, { volumes: flags.volumes }, progress.report);
    await progress.finish();
    if (flags.json) this.terminal.jsonLine({ type: 'result', ...result });
    else
      this.terminal.out(
        `${result.wasRunning ? `stopped in ${(result.durationMs / 1000).toFixed(1)} s` : 'nothing was running'}${result.volumesRemoved ? '; data deleted' : ''}`,
      );
  }

  private async confirm(question: string, answer: string): Promise<void> {
    if (process.stdin.isTTY !== true)
      throw new UserError('this deletes data, and there is no terminal to confirm it on', {
        next: ['add --yes if you mean it'],
      });
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const typed = await terminal.question(question).finally(() => terminal.close());
    if (typed.trim() !== answer) throw new UserError('not confirmed: nothing was changed');
  }
}
