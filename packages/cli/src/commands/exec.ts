import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

export class Exec extends BaseCommand {
  static override summary = "Run a command with an instance's environment, in its service's folder";
  static override examples = [
    'hometrip exec booking-service -- node --version',
    'hometrip exec booking-service#2 -- env',
    'hometrip exec auth-service --task admin list',
  ];
  static override strict = false;
  static override args = {
    service: Args.string({ description: 'SERVICE or SERVICE#REPLICA', required: true }),
    command: Args.string({
      description: 'the command and its arguments, after --; with --task the arguments of the task',
      required: false,
    }),
  };
  static override flags = {
    task: Flags.string({
      helpValue: 'NAME',
      description: 'instead of a command, a task that the service declares; what it says is printed as JSON',
    }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Exec);
    const [target = '', ...command] = argv as string[];
    const match = /^([a-z0-9-]+)(?:#(\d+))?$/.exec(target);
    if (match === null)
      throw new UserError(`"${target}" is not an instance`, {
        next: ['write SERVICE or SERVICE#REPLICA, for example booking-service#2'],
        exitCode: 2,
      });
    if (flags.task !== undefined) {
      const { runTask } = await import('../usecases/task.ts');
      this.terminal.json(await runTask(this.project(flags), match[1] ?? '', [flags.task, ...command]));
      return;
    }
    if (command.length === 0)
      throw new UserError('say which command to run', {
        next: [`hometrip exec ${target} -- env`],
        exitCode: 2,
      });
    const { exec } = await import('../usecases/exec.ts');
    process.exitCode = await exec(
      this.project(flags),
      { service: match[1] ?? '', ...(match[2] === undefined ? {} : { replica: Number(match[2]) }) },
      command,
    );
  }
}
