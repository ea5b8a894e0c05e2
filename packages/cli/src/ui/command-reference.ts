/** docs/reference/cli.md from the commands themselves, so that it cannot drift. */
import type { Command } from '@oclif/core/command';

type CommandClass = typeof Command;

export function commandReference(
  commands: Readonly<Record<string, CommandClass>>,
  globals: CommandClass['baseFlags'],
): string {
  const names = Object.keys(commands).sort();
  return `# Commands

${names.map((name) => `- [\`hometrip ${name}\`](#hometrip-${name}): ${commands[name]?.summary ?? ''}`).join('\n')}

Every command takes these flags too:

${flagTable(globals)}

Exit codes: 0 done; 1 it failed, or the answer is no; 2 wrong flags or arguments; 130 interrupted; 70 a mistake in hometrip itself.

${names.flatMap((name) => section(name, commands[name])).join('\n')}`;
}

function section(name: string, command: CommandClass | undefined): string[] {
  if (command === undefined) return [];
  const args = Object.entries(command.args ?? {}).map(
    ([arg, { required, description }]) =>
      `- \`${arg}\`${required === true ? '' : ' (optional)'}: ${description ?? ''}`,
  );
  const flags = flagTable(command.flags);
  return [
    `## hometrip ${name}`,
    `${command.summary ?? ''}.`,
    '',
    ...(command.description === undefined ? [] : [command.description, '']),
    ...(args.length === 0 ? [] : [...args, '']),
    ...(flags === '' ? [] : [flags, '']),
    '```sh',
    ...command.examples.flatMap(example),
    '```',
    '',
  ];
}

function example(entry: Command.Example): string[] {
  const text = (value: string) => value.replaceAll('<%= config.bin %>', 'hometrip');
  return typeof entry === 'string' ? [text(entry)] : [`# ${entry.description}`, text(entry.command)];
}

function flagTable(flags: CommandClass['flags'] | undefined): string {
  const rows = Object.entries(flags ?? {}).map(([name, flag]) => {
    const value = flag.type === 'option' ? ` ${flag.helpValue ?? (flag.options ?? ['VALUE']).join('|')}` : '';
    const names = `\`--${name}${value}\`${flag.char === undefined ? '' : `, \`-${flag.char}\``}`;
    return `| ${names.replaceAll('|', '\\|')} | ${flag.description ?? flag.summary ?? ''} |`;
  });
  return rows.length === 0 ? '' : ['| flag | meaning |', '| --- | --- |', ...rows].join('\n');
}
