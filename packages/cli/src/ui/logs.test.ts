import { expect, it } from 'vitest';
import type { LogLine } from '../drivers/driver.ts';
import { createLogPrinter } from './logs.ts';
import type { Terminal } from './terminal.ts';

const line = (message: string, fields: LogLine['fields'] = {}): LogLine => ({
  time: new Date('2026-11-22T20:00:00Z'),
  service: 'rooms',
  replica: 1,
  level: 'info',
  message,
  raw: '',
  fields,
});

function printed(entry: LogLine): string {
  const written: string[] = [];
  const terminal = {
    style: (_style: unknown, text: string) => text,
    out: (text: string) => written.push(text),
  };
  createLogPrinter(terminal as unknown as Terminal)(entry);
  return written.join('\n');
}

it.each<[string, LogLine, string]>([
  ['an escape sequence', line('\u001b]0;title\u0007\u001b[2Jgone'), '\\x1b]0;title\\x07\\x1b[2Jgone'],
  ['one with a single character', line('\u009b2J'), '\\x9b2J'],
  ['a carriage return', line('done\rhidden'), 'done\\x0dhidden'],
  ['text turned around', line('\u202Egnp.exe'), '\\u202egnp.exe'],
  ['a field', line('m', { 'k\u001b[8m': '\u001b[31m' }), 'm k\\x1b[8m=\\x1b[31m'],
  ['a nested field', line('m', { a: { b: '\u001b\u0090' } }), 'm a={"b":"\\u001b\\x90"}'],
  [
    'a trace',
    line('m', { stack: 'E\u001b[2J\n20:00:00.000 rooms#1 info b' }),
    'm\n    E\\x1b[2J\n    20:00:00.000 rooms#1 info b',
  ],
  [
    'a line that would pass for another one',
    line('a\n20:00:00.000 rooms#1 info b'),
    'a\n    20:00:00.000 rooms#1 info b',
  ],
])('%s reaches the terminal as text', (_, hostile, shown) => {
  expect(printed(hostile)).toBe(`20:00:00.000 rooms#1 info  ${shown}`);
});

it('shows a trace below its line, and what else the error says in it', () => {
  const err = {
    type: 'Error',
    message: 'full',
    stack: 'Error: full\n    at open (rooms.ts:3:5)',
    code: 'FULL',
  };
  expect(printed(line('no room', { err, room: 7 }))).toBe(
    '20:00:00.000 rooms#1 info  no room err.code=FULL room=7\n    Error: full\n        at open (rooms.ts:3:5)',
  );
});
