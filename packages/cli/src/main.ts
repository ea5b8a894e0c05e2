/** The process behind `hometrip`: hands the arguments to oclif, and shows what it throws as our users should see it. */
import { fileURLToPath } from 'node:url';
import { run } from '@oclif/core/run';
import { distance } from 'fastest-levenshtein';
import { commands } from './commands.ts';
import { UserError } from './platform/errors.ts';
import { presentError, wantsJson } from './ui/errors.ts';
import { endWithReader } from './ui/streams.ts';
import { createTerminal } from './ui/terminal.ts';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const [first, ...others] = process.argv.slice(2);
/** `hometrip help up` is `hometrip up --help`. */
const args = first === undefined ? [] : first === 'help' ? [...others, '--help'] : [first, ...others];

endWithReader();
try {
  requireCommand(args[0]);
  await run(args, packageRoot);
} catch (error) {
  process.exitCode = presentError(error, createTerminal(), wantsJson(args));
}

/** oclif would only say that it is not found. */
function requireCommand(name: string | undefined): void {
  const known = Object.keys(commands);
  if (name === undefined || name.startsWith('-') || known.includes(name)) return;
  const [nearest] = known
    .map((command) => ({ command, far: distance(name, command) }))
    .sort((a, b) => a.far - b.far);
  const guess =
    nearest !== undefined && nearest.far <= Math.max(2, name.length / 3)
      ? [`did you mean hometrip ${nearest.command}?`]
      : [];
  throw new UserError(`there is no command "${name}"`, {
    next: [...guess, 'hometrip --help lists all of them'],
    exitCode: 2,
  });
}
