import * as Flags from '@oclif/core/flags';
import { type ArgInput, type FlagInput, type Input, type ParserOutput, parse } from '@oclif/core/parser';
import { UserError } from '../platform/errors.ts';
import { findProject, type Project } from '../platform/project.ts';
import { createTerminal, type Terminal } from '../ui/terminal.ts';

type Values = Record<string, unknown>;

/** A line to copy, `hometrip` left out of it; or several with a heading. */
export type Example = string | { readonly description: string; readonly command: string };

/**
 * What every command has: its own description, the project, JSON output. Flags and arguments are oclif's, and so is the
 * parser that reads them. Its classes for whole programs are not used: they load plugins, themes and manifests before
 * every command, which costs as long as Node itself.
 */
export abstract class BaseCommand {
  /** One line, without a full stop. */
  static summary = '';
  static description: string | undefined;
  static examples: readonly Example[] = [];
  static args: ArgInput = {};
  static flags: FlagInput = {};
  /** False: more arguments than `args` names, kept in `argv`. */
  static strict = true;
  /** Other names of the command. */
  static aliases: readonly string[] = [];
  static baseFlags = {
    project: Flags.string({
      char: 'C',
      helpValue: 'FOLDER',
      description: 'folder of the project (default: the nearest one upwards with a services.yaml)',
      helpGroup: 'GLOBAL',
    }),
    json: Flags.boolean({ description: 'print JSON for tools', helpGroup: 'GLOBAL' }),
  };

  protected readonly terminal: Terminal;
  readonly #argv: readonly string[];

  constructor(argv: readonly string[], terminal: Terminal = createTerminal()) {
    this.#argv = argv;
    this.terminal = terminal;
  }

  abstract run(): Promise<void>;

  protected parse<F extends Values, B extends Values, A extends Values>(
    command: Input<F, B, A>,
  ): Promise<ParserOutput<F, B, A>> {
    return parse([...this.#argv], {
      args: command.args ?? ({} as ArgInput<A>),
      flags: { ...command.baseFlags, ...command.flags } as FlagInput<F>,
      strict: command.strict,
    }) as Promise<ParserOutput<F, B, A>>;
  }

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
}

/** Of the commands that write migrations. */
export const destructiveFlag = Flags.boolean({
  description: 'allow migrations that drop columns or tables, or narrow what values may be',
});

/** A command's class: what it says of itself, and how to run it. */
export type CommandClass = Omit<typeof BaseCommand, 'prototype'> &
  (new (
    argv: readonly string[],
    terminal?: Terminal,
  ) => BaseCommand);

/** `--env production`: the overlay of services.yaml. */
export const envFlag = Flags.string({
  helpValue: 'NAME',
  description: 'overlay of services.yaml to use, one of its `environments`',
});
