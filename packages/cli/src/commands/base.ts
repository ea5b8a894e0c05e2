import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { UserError } from '../platform/errors.ts';
import { findProject, type Project } from '../platform/project.ts';
import { presentError, wantsJson } from '../ui/errors.ts';
import { createTerminal, type Terminal } from '../ui/terminal.ts';

/** What every command has: the project, JSON output, and errors as people want them. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    project: Flags.string({
      char: 'C',
      helpValue: 'FOLDER',
      description: 'folder of the project (default: the nearest one upwards with a services.yaml)',
      helpGroup: 'GLOBAL',
    }),
    json: Flags.boolean({ description: 'print JSON for tools', helpGroup: 'GLOBAL' }),
  };

  protected readonly terminal: Terminal = createTerminal();

  protected project(flags: { project?: string | undefined }): Project {
    return findProject(flags.project ?? process.cwd());
  }

  /** Ctrl-C aborts `work`, which ends in good order; a second one ends the process at once. */
  protected async interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const interrupt = (signal: NodeJS.Signals) => {
      if (abort.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      abort.abort(
        new UserError('interrupted', {
          next: ['run the command again to go on from here'],
          exitCode: signal === 'SIGINT' ? 130 : 143,
        }),
      );
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    try {
      return await work(abort.signal);
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  }

  protected override async catch(error: Error): Promise<void> {
    // `this.exit(n)` travels as an error of oclif.
    const exit = (error as { oclif?: { exit?: number }; code?: string }).oclif?.exit;
    if ((error as { code?: string }).code === 'EEXIT') {
      process.exitCode = exit ?? 0;
      return;
    }
    process.exitCode = presentError(error, this.terminal, wantsJson(this.argv));
  }
}

/** Of the commands that write migrations. */
export const destructiveFlag = Flags.boolean({
  description: 'allow migrations that drop columns or tables, or narrow what values may be',
});

/** `--env production`: the overlay of services.yaml. */
export const envFlag = Flags.string({
  helpValue: 'NAME',
  description: 'overlay of services.yaml to use, one of its `environments`',
});
