/** What the parser of flags and arguments refuses, in our words and with the name that was probably meant. */
import { UserError } from '../platform/errors.ts';
import { nearest } from '../spec/nearest.ts';
import type { CommandClass } from './base.ts';

/** @returns the error itself when it is not one of the parser's */
export function refusal(error: unknown, name: string, command: CommandClass): unknown {
  if (!(error instanceof Error) || !('oclif' in error)) return error;
  const { message, next } = explain(error, name, command);
  return new UserError(message, {
    next: [...next, `hometrip help ${name} says what it takes`],
    exitCode: 2,
    cause: error,
  });
}

interface Refusal {
  readonly message: string;
  readonly next: readonly string[];
}

/** The parser's errors differ in what they carry; their classes are not exported. */
function explain(
  error: Error & { flags?: unknown; args?: unknown },
  name: string,
  command: CommandClass,
): Refusal {
  if (Array.isArray(error.flags))
    return unknownFlags(
      error.flags.map((flag) => String(flag).replace(/=.*$/s, '')),
      name,
      command,
    );
  if (Array.isArray(error.args)) {
    const [first] = error.args as readonly unknown[];
    return typeof first === 'string'
      ? surplusArguments(error.args.map(String), name, command)
      : missingArguments(error.args as readonly { name: string; description?: string }[], name);
  }
  return { message: oneLine(error.message), next: [] };
}

function unknownFlags(flags: readonly string[], name: string, command: CommandClass): Refusal {
  const known = Object.keys({ ...command.baseFlags, ...command.flags });
  const names = [...known, 'help'].map((flag) => `--${flag}`);
  return {
    message: `hometrip ${name} has no flag ${flags.join(', ')}`,
    next: flags.flatMap((flag) => {
      const guess = nearest(flag, names);
      return guess === undefined ? [] : [`did you mean ${guess}?`];
    }),
  };
}

function surplusArguments(args: readonly string[], name: string, command: CommandClass): Refusal {
  const takes = Object.keys(command.args).length === 0 ? 'no argument' : 'fewer arguments';
  return {
    message: `hometrip ${name} takes ${takes}, and there is ${args.map((arg) => `"${arg}"`).join(', ')}`,
    next: [],
  };
}

function missingArguments(
  args: readonly { readonly name: string; readonly description?: string }[],
  name: string,
): Refusal {
  const needed = args.map(
    (arg) => arg.name.toUpperCase() + (arg.description === undefined ? '' : ` (${arg.description})`),
  );
  return { message: `hometrip ${name} needs ${needed.join(' and ')}`, next: [] };
}

const oneLine = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('See more help') && !line.startsWith('The following error'))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
