/** Help for a terminal of any width, from what the commands say of themselves. */
import type { Terminal } from '../ui/terminal.ts';
import { width, wrap } from '../ui/width.ts';
import type { CommandHelp, FlagHelp, HelpModel } from './model.ts';

type Look = Pick<Terminal, 'style' | 'columns'>;

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;
const INDENT = 2;

export function rootHelp(model: HelpModel, look: Look): string {
  const rows = model.commands.map(
    ({ name, summary, aliases }): Row => [
      name,
      `${summary}${aliases.length === 0 ? '' : ` (also: ${aliases.join(', ')})`}`,
    ],
  );
  return page([
    wrap('hometrip: one services.yaml in, a whole running platform of microservices out.', columnsOf(look)),
    section(look, 'USAGE', indented('hometrip COMMAND [ARGUMENTS] [FLAGS]', columnsOf(look))),
    section(
      look,
      'COMMANDS',
      list(look, [
        ...rows,
        ['help', 'Say more about a command'],
        ['version', 'Print the version of hometrip, and the Node that it runs on'],
      ]),
    ),
    section(look, 'FLAGS OF EVERY COMMAND', list(look, flagRows(model.globals))),
    section(look, 'EXIT CODES', list(look, exitCodes)),
    wrap('hometrip help COMMAND says more about one, with examples.', columnsOf(look)),
  ]);
}

/** Of commands of two words with the first one in common. */
export function groupHelp(model: HelpModel, group: string, look: Look): string {
  const rows = model.commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, summary }): Row => [name, summary]);
  return page([
    section(look, 'COMMANDS', list(look, rows)),
    wrap(`hometrip help ${rows[0]?.[0]} says more about one, with examples.`, columnsOf(look)),
  ]);
}

export function commandHelp(model: HelpModel, command: CommandHelp, look: Look): string {
  const columns = columnsOf(look);
  const args = command.args.map(({ name, description }): Row => [name.toUpperCase(), description]);
  return page([
    wrap(`${command.summary}.`, columns),
    section(look, 'USAGE', `  ${wrap(usage(command), columns, 4)}`),
    section(look, 'ARGUMENTS', list(look, args)),
    section(look, 'FLAGS', list(look, flagRows(command.flags))),
    section(look, 'FLAGS OF EVERY COMMAND', list(look, flagRows(model.globals))),
    section(look, 'DESCRIPTION', indented(command.description ?? '', columns)),
    section(look, 'EXAMPLES', examples(command, look)),
    command.aliases.length === 0
      ? ''
      : section(look, 'ALSO', `  hometrip ${command.aliases.join(', hometrip ')}`),
  ]);
}

/** `hometrip scale REPLICAS... [--json]`, every part of it in one piece. */
function usage({ name, args, many, flags }: CommandHelp): string {
  const last = args.length - 1;
  const parts = args.map(({ name: arg, required }, index) => {
    const text = `${arg.toUpperCase()}${many && index === last ? '...' : ''}`;
    return required ? text : `[${text}]`;
  });
  return ['hometrip', name, ...parts, ...(flags.length === 0 ? [] : ['[FLAGS]'])].join(' ');
}

/** Also in docs/reference/cli.md. */
const exitCodes: readonly Row[] = [
  ['0', 'done'],
  ['1', 'it failed, or the answer is no'],
  ['2', 'wrong flags or arguments'],
  ['130', 'interrupted'],
  ['70', 'a mistake in hometrip itself'],
];

type Row = readonly [term: string, description: string];

function flagRows(flags: readonly FlagHelp[]): Row[] {
  return flags.map(({ name, char, value, multiple, description }) => {
    const short = char === undefined ? '    ' : `-${char}, `;
    return [
      `${short}--${name}${value === undefined ? '' : ` ${value}`}`,
      `${description}${multiple ? ' (may be given several times)' : ''}`,
    ];
  });
}

/** Terms and their descriptions side by side; a long term has its description below it. */
function list(look: Look, rows: readonly Row[]): string {
  const columns = columnsOf(look);
  const widths = rows.map(([term]) => width(term)).filter((value) => value <= columns / 3);
  const at = INDENT + Math.max(8, ...widths) + 2;
  return rows
    .map(([term, description]) => {
      const text = wrap(description, columns, at);
      const head = ' '.repeat(INDENT) + term;
      return head.length > at - 2 ? `${head}\n${' '.repeat(at)}${text}` : `${head.padEnd(at)}${text}`;
    })
    .join('\n');
}

/** Commands are not wrapped: they are there to be copied. */
function examples({ examples }: CommandHelp, look: Look): string {
  return examples
    .map(({ description, command }) =>
      description === undefined ? `  ${command}` : `  ${look.style('dim', `# ${description}`)}\n  ${command}`,
    )
    .join('\n');
}

function indented(text: string, columns: number, by = INDENT): string {
  return text === '' ? '' : ' '.repeat(by) + wrap(text, columns, by);
}

const section = (look: Look, title: string, body: string): string =>
  body === '' ? '' : `${look.style('bold', title)}\n${body}`;

const page = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');

const columnsOf = ({ columns }: Look): number => Math.min(WIDEST, columns);
