/** Whatever tells its reader to run hometrip names commands and flags that exist. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../platform/repository.fixture.ts';
import { mentionsIn, mistakeIn } from './mentions.ts';

const mistakes = (text: string) => mentionsIn(text).map(mistakeIn);

describe('a command that a text mentions', () => {
  it.each([
    ['run hometrip generate --adopt PATH'],
    ['`hometrip logs booking-service -f --level warn | head`'],
    ["  next: ['start it: hometrip up'],"],
    ['./hometrip down --volumes   # and --this is a comment'],
    ['`hometrip exec booking-service -- env --null`'],
    ['`hometrip add service orders --database postgres`, and `hometrip add`'],
    ['`generate --check` fails on drift'],
    ['`hometrip help COMMAND`'],
  ])('exists: %s', (text) => {
    expect(mistakes(text)).not.toEqual([]);
    expect(mistakes(text).filter((mistake) => mistake !== undefined)).toEqual([]);
  });

  it.each([
    ['`hometrip migrate`', 'there is no command migrate'],
    ["['bring it back: hometrip migrate up'", 'there is no command migrate'],
    ['run hometrip generate --explain', 'hometrip generate has no flag --explain'],
    ['for `generate --explain`', 'hometrip generate has no flag --explain'],
    ["['bring it back: hometrip up --restore x']", 'hometrip up has no flag --restore'],
    ['`hometrip add table orders`', 'there is no command add'],
  ])('does not: %s', (text, mistake) => {
    expect(mistakes(text)).toContain(mistake);
  });

  it('is none where a sentence says what hometrip does', () => {
    for (const text of [
      'What hometrip does not know, hometrip keeps.',
      '`hometrip did not write it: move it away`',
    ])
      expect(mentionsIn(text)).toEqual([]);
  });
});

it('every command that code, templates and documentation mention exists, and so do its flags', () => {
  const files = [
    ...globSync(['packages/cli/src/**/*.ts', 'templates/**/*.{hbs,md,ts,json}'], { cwd: repository }),
    ...globSync(['docs/**/*.md', '*.md', 'packages/*/README.md', 'services.yaml'], { cwd: repository }),
    'packages/cli/src/spec/testing/wrong-specs.md',
  ].filter(
    (path) =>
      !/node_modules|dist\/|\.(test|fixture)\.ts$|\/testing\/[^/]+\.ts$|help\/mentions\.ts$/.test(path),
  );
  let mentions = 0;
  const wrong = files.flatMap((path) =>
    mentionsIn(readFileSync(join(repository, path), 'utf8')).flatMap((mention) => {
      mentions += 1;
      const mistake = mistakeIn(mention);
      return mistake === undefined ? [] : [`${path}:${mention.line} ${mistake}: ${mention.text}`];
    }),
  );
  expect(mentions).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});
