import { expect, it } from 'vitest';
import { currentHelp } from './current.ts';
import { commandReference } from './reference.ts';

it('docs/reference/cli.md says what the commands say of themselves (npm run reference writes it)', async () => {
  await expect(commandReference(currentHelp())).toMatchFileSnapshot('../../../../docs/reference/cli.md');
});

it('every command has a summary and an example', () => {
  for (const { name, summary, examples } of currentHelp().commands) {
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(examples.length, name).toBeGreaterThan(0);
  }
});
