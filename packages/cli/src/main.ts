/** The process behind `hometrip`: hands the arguments to oclif, and shows what it throws as our users should see it. */
import { run } from '@oclif/core/run';
import { fileURLToPath } from 'node:url';
import { presentError } from './ui/errors.ts';
import { createTerminal } from './ui/terminal.ts';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

try {
  await run(process.argv.slice(2), packageRoot);
} catch (error) {
  process.exitCode = presentError(error, createTerminal(), process.argv.includes('--json'));
}
