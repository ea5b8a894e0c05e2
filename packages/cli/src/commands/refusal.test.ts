import { expect, it } from 'vitest';
import { findCommand } from '../commands.ts';
import { UserError } from '../platform/errors.ts';
import { refusal } from './refusal.ts';

/** What the user reads when the command is given these arguments. */
async function refused(line: string): Promise<string[]> {
  const found = findCommand(line.split(' '));
  if (found === undefined) throw new Error(`no command ${line}`);
  const { name, command, argv } = found;
  const error = await new command(argv).run().catch((thrown: unknown) => refusal(thrown, name, command));
  if (!(error instanceof UserError)) throw error;
  expect(error.exitCode).toBe(2);
  return [error.message, ...error.next];
}

it.each([
  ['status --wach', ['hometrip status has no flag --wach', 'did you mean --watch?']],
  ['ps --wach', ['hometrip ps has no flag --wach', 'did you mean --watch?']],
  ['up --enviroment=production', ['hometrip up has no flag --enviroment']],
  ['generate --ceck', ['hometrip generate has no flag --ceck', 'did you mean --check?']],
  ['validate a.yaml', ['hometrip validate takes no argument, and there is "a.yaml"']],
  ['scale', ['hometrip scale needs REPLICAS (SERVICE=N, one or more)']],
  [
    'add service',
    ['hometrip add service needs NAME (of the service: lower-case letters, digits and hyphens)'],
  ],
  ['add event --published', ['hometrip add event has no flag --published', 'did you mean --published-by?']],
  ['exec', ['hometrip exec needs SERVICE (SERVICE or SERVICE#REPLICA)']],
  ['logs --level loud', ['Expected --level=loud to be one of: trace, debug, info, warn, error, fatal']],
  ['generate --check --dry-run', ['--dry-run=true cannot also be provided when using --check']],
])('hometrip %s is refused with what to do', async (line, said) => {
  expect(await refused(line)).toEqual([
    ...said,
    expect.stringMatching(/^hometrip help .* says what it takes$/),
  ]);
});

it('other errors stay what they are', () => {
  const error = new Error('else');
  expect(refusal(error, 'up', findCommand(['up'])?.command as never)).toBe(error);
});
