import * as Args from '@oclif/core/args';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

export class Exec extends BaseCommand {
  static override summary = "Run a command with an instance's environment, in its service's folder";
  static override examples = [
    'hometrip exec booking-service -- node --version',
    'hometrip exec booking-service#2 -- env',
  ];
  static override strict = false;
  static override args = {
    service: Args.string({ description: 'SERVICE or SERVICE#REPLICA', required: true }),
    command: Args.string({ description: 'the command and its arguments, after --', required: true }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Exec);
    const [target = '', ...command] = argv as string[];
    const match = /^([a-z0-9-]+)(?:#(\d+))?$/.exec(target);
    if (match === null)
      throw new UserError(`"${target}" is no instance`, {
        next: ['write SERVICE or SERVICE#REPLICA, for example booking-service#2'],
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
