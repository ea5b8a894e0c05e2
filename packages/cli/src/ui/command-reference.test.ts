import { expect, it } from 'vitest';
import { BaseCommand } from '../commands/base.ts';
import { commands } from '../commands.ts';
import { commandReference } from './command-reference.ts';

it('docs/reference/cli.md says what the commands say of themselves (npm run reference writes it)', async () => {
  await expect(commandReference(commands, BaseCommand.baseFlags)).toMatchFileSnapshot(
    '../../../../docs/reference/cli.md',
  );
});

it('every command has a summary and an example', () => {
  for (const [name, command] of Object.entries(commands)) {
    expect(command.summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(command.examples.length, name).toBeGreaterThan(0);
  }
});
