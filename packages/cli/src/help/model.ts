/** What the commands say of themselves, as data: help, its cache beside the bundle and docs/reference/cli.md read it. */
import { BaseCommand, type CommandClass } from '../commands/base.ts';

export interface HelpModel {
  readonly version: string;
  /** In the order of their names. */
  readonly commands: readonly CommandHelp[];
  readonly globals: readonly FlagHelp[];
}

export interface CommandHelp {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly description?: string | undefined;
  readonly args: readonly ArgHelp[];
  /** More of the last argument are welcome. */
  readonly many: boolean;
  readonly flags: readonly FlagHelp[];
  readonly examples: readonly { readonly description?: string; readonly command: string }[];
}

export interface ArgHelp {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

export interface FlagHelp {
  readonly name: string;
  readonly char?: string | undefined;
  /** Missing for flags that are on or off. */
  readonly value?: string;
  readonly multiple: boolean;
  readonly description: string;
  /** Flags that do not go together with it. */
  readonly exclusive: readonly string[];
}

export function helpModel(commands: Readonly<Record<string, CommandClass>>, version: string): HelpModel {
  const names = Object.keys(commands).sort();
  return {
    version,
    commands: names.flatMap((name) =>
      commands[name] === undefined ? [] : [commandHelp(name, commands[name])],
    ),
    globals: flagsHelp(BaseCommand.baseFlags),
  };
}

function commandHelp(name: string, command: CommandClass): CommandHelp {
  return {
    name,
    aliases: command.aliases,
    summary: command.summary,
    description: command.description,
    args: Object.entries(command.args).map(([arg, { required, description }]) => ({
      name: arg,
      required: required === true,
      description: description ?? '',
    })),
    many: !command.strict,
    flags: flagsHelp(command.flags),
    examples: command.examples.map((example) =>
      typeof example === 'string' ? { command: example } : example,
    ),
  };
}

function flagsHelp(flags: CommandClass['flags']): FlagHelp[] {
  return Object.entries(flags)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([name, flag]) => ({
      name,
      char: flag.char,
      ...(flag.type === 'option' && {
        value: flag.helpValue?.toString() ?? flag.options?.join('|') ?? 'VALUE',
      }),
      multiple: flag.type === 'option' && flag.multiple === true,
      description: flag.description ?? flag.summary ?? '',
      exclusive: (flag.exclusive ?? []).map(String),
    }));
}
