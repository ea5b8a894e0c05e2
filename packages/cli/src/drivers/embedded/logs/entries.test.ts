import { expect, it } from 'vitest';
import { assembleEntries } from './entries.ts';

const at = new Date('2026-11-28T20:00:00.000Z');
const json = '{"level":"info","time":"2026-11-28T20:00:01.000Z","msg":"listening"}';
const server = (text: string): string => `2026-11-28 20:00:02.000 UTC [7] ${text}`;

function entriesOf(lines: readonly string[]): string[] {
  const entries = assembleEntries({ service: 'rooms', replica: 1 }, at);
  return [...lines.flatMap((line) => entries.take(line)), ...entries.rest()].map(
    ({ level, message }) => `${level ?? '-'}: ${message}`,
  );
}

it.each<[string, string[], string[]]>([
  ['structured lines are one each', [json, json], ['info: listening', 'info: listening']],
  ['plain lines are one each', ['one', 'two'], ['-: one', '-: two']],
  [
    'an error that was not caught is one, from its place to the version of Node',
    [
      json,
      '/srv/rooms/service.ts:11',
      "throw new Error('no room');",
      '      ^',
      'Error: no room',
      '    at open (/srv/rooms/service.ts:11:7) {',
      "  code: 'FULL'",
      '}',
      'Node.js v24.21.0',
      'after',
      json,
    ],
    [
      'info: listening',
      "fatal: /srv/rooms/service.ts:11\nthrow new Error('no room');\n      ^\nError: no room\n    at open (/srv/rooms/service.ts:11:7) {\n  code: 'FULL'\n}\nNode.js v24.21.0",
      '-: after',
      'info: listening',
    ],
  ],
  [
    'one that was cut off ends with the next structured line',
    ['node:internal/process:7', 'throw error;', json],
    ['fatal: node:internal/process:7\nthrow error;', 'info: listening'],
  ],
  [
    'a trace belongs to the error above it',
    ['Error: no room', '    at open (a.ts:1:2)', 'Caused by: full', 'next'],
    ['-: Error: no room\n    at open (a.ts:1:2)\nCaused by: full', '-: next'],
  ],
  [
    'a frame does not belong to a structured line',
    [json, '    at open (a.ts:1:2)'],
    ['info: listening', '-:     at open (a.ts:1:2)'],
  ],
  [
    'a statement of PostgreSQL over several lines is one',
    [server('ERROR:  syntax error'), server('STATEMENT:  select'), '\t  1', server('LOG:  next')],
    ['error: syntax error', '-: STATEMENT:  select\n\t  1', 'info: next'],
  ],
])('%s', (_, lines, entries) => {
  expect(entriesOf(lines)).toEqual(entries);
});
