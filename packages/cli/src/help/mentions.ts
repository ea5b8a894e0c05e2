/** For tests: the commands that a text tells its reader to run, and what is wrong with them. */
import { commands, findCommand } from '../commands.ts';
import { BaseCommand, type CommandClass } from '../commands/base.ts';

export interface Mention {
  /** `generate --adopt PATH`, what stands behind `hometrip`. */
  readonly text: string;
  readonly line: number;
}

/** Where a command ends: at its quote, at a pipe, at a comment, at the end of a sentence. */
const end = /\\?[`'"]|[|;&#\n()[\]<>{},]|\\n| -- |[.:…](?=\s|$|\\?[`'"])| {2,}/;
/** Before and behind a command that stands alone: `hometrip status`, 'start it: hometrip up'. Prose says what hometrip does. */
const [opened, closed] = [/(?:`|\/|: |\bthen )$/, /^\\?[`'"]/];

/** Everything that reads as `hometrip COMMAND …`: what stands alone, and in prose what begins with a command. */
export function mentionsIn(text: string): Mention[] {
  return text.split('\n').flatMap((line, index) => {
    const found: Mention[] = [];
    for (const match of line.matchAll(/(?<![\w@-])hometrip (?=[a-z])/g)) {
      const rest = line.slice(match.index + match[0].length);
      const command = rest.slice(0, end.exec(`${rest}\n`)?.index);
      const alone = opened.test(line.slice(0, match.index)) && closed.test(rest.slice(command.length));
      if (alone || findCommand(command.trim().split(' ')) !== undefined)
        found.push({ text: command.trim(), line: index + 1 });
    }
    // A command and its flag, without the program before it.
    for (const [, command = ''] of line.matchAll(/`([a-z]+ --[a-z][^`]*)`/g))
      if (findCommand(command.split(' ')) !== undefined) found.push({ text: command, line: index + 1 });
    return found;
  });
}

/** Undefined: the command and its flags exist. */
export function mistakeIn({ text }: Mention): string | undefined {
  const words = text.split(/\s+/);
  if (['help', 'version'].includes(words[0] ?? '')) return undefined;
  const found = findCommand(words);
  // `hometrip add` alone stands for its commands.
  if (found === undefined)
    return Object.keys(commands).some((name) => name.startsWith(`${words[0]} `)) && words.length === 1
      ? undefined
      : `there is no command ${words[0]}`;
  const known = flagsOf(found.command);
  const unknown = found.argv.find((word) => /^--?[a-z]/.test(word) && !known.has(word.replace(/=.*/, '')));
  return unknown === undefined ? undefined : `hometrip ${found.name} has no flag ${unknown}`;
}

function flagsOf({ flags, baseFlags = BaseCommand.baseFlags }: CommandClass): ReadonlySet<string> {
  return new Set([
    '--help',
    '-h',
    ...Object.entries({ ...baseFlags, ...flags }).flatMap(([name, flag]) => [
      `--${name}`,
      ...('allowNo' in flag && flag.allowNo === true ? [`--no-${name}`] : []),
      ...(flag.char === undefined ? [] : [`-${flag.char}`]),
    ]),
  ]);
}
