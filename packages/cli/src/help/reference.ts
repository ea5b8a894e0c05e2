/** docs/reference/cli.md from the commands themselves, so that it cannot drift. */
import type { CommandHelp, FlagHelp, HelpModel } from './model.ts';

export function commandReference({ commands, globals }: HelpModel): string {
  return `# Commands

${commands.map(({ name, summary }) => `- [\`hometrip ${name}\`](#hometrip-${name.replaceAll(' ', '-')}): ${summary}`).join('\n')}

\`hometrip help COMMAND\` (or \`hometrip COMMAND --help\`) says the same in a terminal, and \`hometrip version\` which version it is.

Every command takes these flags too:

${flagTable(globals)}

Exit codes: 0 done; 1 it failed, or the answer is no; 2 wrong flags or arguments; 130 interrupted; 70 a mistake in hometrip itself.

${commands.flatMap(section).join('\n')}`;
}

function section({ name, aliases, summary, description, args, flags, examples }: CommandHelp): string[] {
  const list = args.map(
    ({ name: arg, required, description: text }) => `- \`${arg}\`${required ? '' : ' (optional)'}: ${text}`,
  );
  const table = flagTable(flags);
  return [
    `## hometrip ${name}`,
    `${summary}.${aliases.length === 0 ? '' : ` Also: ${aliases.map((alias) => `\`hometrip ${alias}\``).join(', ')}.`}`,
    '',
    ...(description === undefined ? [] : [description, '']),
    ...(list.length === 0 ? [] : [...list, '']),
    ...(table === '' ? [] : [table, '']),
    '```sh',
    ...examples.flatMap(({ description: heading, command }) =>
      heading === undefined ? [command] : [`# ${heading}`, command],
    ),
    '```',
    '',
  ];
}

function flagTable(flags: readonly FlagHelp[]): string {
  const rows = flags.map(({ name, char, value, description }) => {
    const names = `\`--${name}${value === undefined ? '' : ` ${value}`}\`${char === undefined ? '' : `, \`-${char}\``}`;
    return `| ${names.replaceAll('|', '\\|')} | ${description} |`;
  });
  return rows.length === 0 ? '' : ['| flag | meaning |', '| --- | --- |', ...rows].join('\n');
}
