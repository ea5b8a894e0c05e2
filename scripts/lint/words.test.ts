import { describe, expect, it } from 'vitest';
import { isRead, unclearWords } from './words.mjs';

const inCode = (source: string) => unclearWords('packages/cli/src/x.ts', source);

describe('words that make a reader guess', () => {
  it.each([
    ['nobody has this key'],
    ['Whoever is signed in'],
    ['created by the one whose it is'],
    ['"5 o’clock" is no time'],
    ['the dead letter queue'],
    ['a time-out of 5 s'],
  ])('are found in a template: %s', (text) => {
    expect(unclearWords('templates/service/README.md.hbs', `first\n${text}`)).toEqual([
      expect.stringMatching(/^templates\/service\/README\.md\.hbs:2: "/),
    ]);
  });

  it.each([['there is no such file'], ['it is no longer generated'], ['which no service consumes']])(
    'are not: %s',
    (text) => expect(unclearWords('docs/reference/cli.md', text)).toEqual([]),
  );

  it('are found in the texts of code, each on its line, and not in names or comments', () => {
    expect(inCode('const a = 1;\nthrow new Error(`${a} is no port: choose another`);')).toEqual([
      expect.stringContaining('packages/cli/src/x.ts:2: "is no p"'),
    ]);
    expect(inCode("/** Nobody reads this. */\nconst nobody = 'nobody';")).toEqual([]);
  });

  it('do not matter where users do not read, or where a text has to stay', () => {
    expect(
      [
        'packages/cli/src/x.test.ts',
        'docs/decisions/0001-x.md',
        'templates/blueprints/auth/migrations/0001_x.sql',
      ].filter(isRead),
    ).toEqual([]);
  });
});
