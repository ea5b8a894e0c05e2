import { describe, expect, it } from 'vitest';
import { width } from '../ui/width.ts';
import { currentHelp } from './current.ts';
import { commandHelp, rootHelp } from './text.ts';

const model = currentHelp();
const look = (columns: number) => ({ columns, style: (_: unknown, text: string) => text });
const pages = (columns: number): string[] => [
  rootHelp(model, look(columns)),
  ...model.commands.map((command) => commandHelp(model, command, look(columns))),
];

describe.each([60, 80, 200])('help on a terminal of %d columns', (columns) => {
  it('fits, but for commands that are there to be copied', () => {
    const copied = model.commands.flatMap(({ examples }) => examples.map(({ command }) => `  ${command}`));
    for (const line of pages(columns).flatMap((page) => page.split('\n')))
      if (!copied.includes(line) && !line.includes('# '))
        expect(width(line), line).toBeLessThanOrEqual(columns);
  });

  it('never breaks a word', () => {
    const words = new Set(pages(10_000).join(' ').split(/\s+/));
    for (const word of pages(columns).join(' ').split(/\s+/)) expect(words).toContain(word);
  });
});

it('no page says a line twice', () => {
  for (const page of pages(80)) {
    const sentences = page
      .split('\n')
      .filter(
        (line) => line.length > 30 && !line.startsWith('  hometrip') && !line.endsWith('several times)'),
      );
    expect(new Set(sentences).size).toBe(sentences.length);
  }
});

it('the page of a command names all that it takes, and shows how', () => {
  const command = model.commands.find(({ name }) => name === 'generate');
  if (command === undefined) throw new Error('no command generate');
  const page = commandHelp(model, command, look(80));
  for (const { name } of [...command.flags, ...model.globals]) expect(page).toContain(`--${name}`);
  for (const { command: example } of command.examples) expect(page).toContain(`  ${example}\n`.trimEnd());
});
