/** The process behind `hometrip`: finds the command, and shows what it throws as our users should see it. */
import { UserError } from './platform/errors.ts';
import { ownArguments } from './ui/own-arguments.ts';
import { endWithReader } from './ui/streams.ts';
import { createTerminal } from './ui/terminal.ts';

const terminal = createTerminal();
const args = process.argv.slice(2);
const own = ownArguments(args);

endWithReader();
// A umask that takes rights from ourselves is of use to nobody.
process.umask(process.umask(0o077) & 0o077);
try {
  const [first] = args;
  if (first === '--version' || first === '-v' || first === 'version') await showVersion();
  else if (first === undefined || first === 'help' || own.includes('--help') || own.includes('-h'))
    await showHelp(own.filter((argument) => argument !== 'help' && !argument.startsWith('-')));
  else await run(args);
} catch (error) {
  const { presentError } = await import('./ui/errors.ts');
  process.exitCode = presentError(error, terminal, own.includes('--json'));
}

async function run(words: readonly string[]): Promise<void> {
  const { findCommand } = await import('./commands.ts');
  const found = findCommand(words);
  if (found === undefined) throw await unknownCommand(words);
  const { name, command, argv } = found;
  try {
    await new command(argv, terminal).run();
  } catch (error) {
    const { refusal } = await import('./commands/refusal.ts');
    throw refusal(error, name, command);
  }
}

async function showHelp(words: readonly string[]): Promise<void> {
  const [{ loadHelp }, { commandHelp, groupHelp, rootHelp }] = await Promise.all([
    import('./help/load.ts'),
    import('./help/text.ts'),
  ]);
  const model = await loadHelp();
  const [first, second] = words;
  const named = (name: string | undefined) =>
    model.commands.find((one) => one.name === name || one.aliases.includes(name ?? ''));
  const command = named(`${first} ${second}`) ?? named(first);
  if (command !== undefined) return terminal.out(commandHelp(model, command, terminal));
  if (first === undefined) return terminal.out(rootHelp(model, terminal));
  if (!isGroup(first, model.commands) || second !== undefined) throw await unknownCommand(words);
  terminal.out(groupHelp(model, first, terminal));
}

/** `add`, of which there are several. */
function isGroup(word: string, commands: readonly { readonly name: string }[]): boolean {
  return commands.some(({ name }) => name.startsWith(`${word} `));
}

async function showVersion(): Promise<void> {
  const { loadHelp } = await import('./help/load.ts');
  const { version } = await loadHelp();
  if (own.includes('--json'))
    return terminal.json({ version, node: process.version, platform: `${process.platform}-${process.arch}` });
  terminal.out(`hometrip ${version} (${process.platform}-${process.arch}, Node ${process.version})`);
}

async function unknownCommand(words: readonly string[]): Promise<UserError> {
  const [{ loadHelp }, { nearest }] = await Promise.all([
    import('./help/load.ts'),
    import('./spec/nearest.ts'),
  ]);
  const { commands } = await loadHelp();
  const [first = '', second] = words;
  if (first.startsWith('-'))
    return new UserError(`the command comes first, and there is ${first}`, {
      next: [`write for example: hometrip status ${first}`, 'hometrip help lists all commands'],
      exitCode: 2,
    });
  if (isGroup(first, commands)) {
    const names = commands.map(({ name }) => name).filter((name) => name.startsWith(`${first} `));
    const guess = second === undefined ? undefined : nearest(`${first} ${second}`, names);
    const missing = second === undefined || second.startsWith('-');
    const message = missing
      ? `hometrip ${first} needs a second word`
      : `there is no command "${first} ${second}"`;
    return new UserError(message, {
      next: [
        guess === undefined ? `write one of: ${names.join(', ')}` : `did you mean hometrip ${guess}?`,
        `hometrip help ${first} says more`,
      ],
      exitCode: 2,
    });
  }
  const known = [...commands.flatMap((one) => [one.name, ...one.aliases]), 'help', 'version'];
  const guess = nearest(first, known);
  return new UserError(`there is no command "${first}"`, {
    next: [
      ...(guess === undefined ? [] : [`did you mean hometrip ${guess}?`]),
      'hometrip help lists all of them',
    ],
    exitCode: 2,
  });
}
