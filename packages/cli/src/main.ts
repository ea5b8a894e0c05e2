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
    await showHelp(own.find((argument) => argument !== 'help' && !argument.startsWith('-')));
  else await run(first, args.slice(1));
} catch (error) {
  const { presentError } = await import('./ui/errors.ts');
  process.exitCode = presentError(error, terminal, own.includes('--json'));
}

async function run(name: string, argv: readonly string[]): Promise<void> {
  const { findCommand } = await import('./commands.ts');
  const command = findCommand(name);
  if (command === undefined) throw await unknownCommand(name);
  try {
    await new command(argv, terminal).run();
  } catch (error) {
    const { refusal } = await import('./commands/refusal.ts');
    throw refusal(error, name, command);
  }
}

async function showHelp(name: string | undefined): Promise<void> {
  const [{ loadHelp }, { commandHelp, rootHelp }] = await Promise.all([
    import('./help/load.ts'),
    import('./help/text.ts'),
  ]);
  const model = await loadHelp();
  const command = model.commands.find((one) => one.name === name || one.aliases.includes(name ?? ''));
  if (name !== undefined && command === undefined) throw await unknownCommand(name);
  terminal.out(command === undefined ? rootHelp(model, terminal) : commandHelp(model, command, terminal));
}

async function showVersion(): Promise<void> {
  const { loadHelp } = await import('./help/load.ts');
  const { version } = await loadHelp();
  if (own.includes('--json'))
    return terminal.json({ version, node: process.version, platform: `${process.platform}-${process.arch}` });
  terminal.out(`hometrip ${version} (${process.platform}-${process.arch}, Node ${process.version})`);
}

async function unknownCommand(name: string): Promise<UserError> {
  const [{ loadHelp }, { nearest }] = await Promise.all([
    import('./help/load.ts'),
    import('./spec/nearest.ts'),
  ]);
  const { commands } = await loadHelp();
  const known = [...commands.flatMap((one) => [one.name, ...one.aliases]), 'help', 'version'];
  const guess = nearest(name, known);
  return name.startsWith('-')
    ? new UserError(`the command comes first, and there is ${name}`, {
        next: [`write for example: hometrip status ${name}`, 'hometrip help lists all commands'],
        exitCode: 2,
      })
    : new UserError(`there is no command "${name}"`, {
        next: [
          ...(guess === undefined ? [] : [`did you mean hometrip ${guess}?`]),
          'hometrip help lists all of them',
        ],
        exitCode: 2,
      });
}
