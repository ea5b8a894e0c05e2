import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogLine, LogQuery } from '../../driver.ts';
import { logFile, rotateIfLarge } from './files.ts';
import { lastLines, lastMessage } from './last-lines.ts';
import { parseLine } from './parse.ts';
import { readLogs } from './read.ts';

let logs: string;
beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'hometrip-logs-'));
});
afterEach(() => rmSync(logs, { recursive: true }));

const at = (second: number): string => `2026-11-22T20:00:${String(second).padStart(2, '0')}.000Z`;
const json = (second: number, msg: string, level = 'info'): string =>
  `${JSON.stringify({ level, time: at(second), service: 's', instance: 's#1', msg, room: 7 })}\n`;
const write = (service: string, replica: number, text: string): void =>
  appendFileSync(logFile(logs, service, replica), text);
const all: LogQuery = {
  services: [],
  follow: false,
  since: undefined,
  tail: undefined,
  grep: undefined,
  level: undefined,
};
const shown = ({ service, replica, message }: LogLine): string => `${service}#${replica} ${message}`;

async function read(query: Partial<LogQuery> = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLogs(logs, { ...all, ...query }, new AbortController().signal))
    lines.push(shown(line));
  return lines;
}

describe('history', () => {
  beforeEach(() => {
    write('rooms', 1, json(1, 'one') + json(4, 'four', 'error'));
    write('rooms', 2, `${json(2, 'two')}Error: no JSON\n    at line 1\n${json(5, 'five', 'debug')}`);
    write('guests', 1, json(3, 'three'));
    write('edge', 1, 'of our own\n');
  });

  test.each<{ query: Partial<LogQuery>; lines: string[] }>([
    {
      query: {},
      lines: [
        'rooms#1 one',
        'rooms#2 two',
        'rooms#2 Error: no JSON\n    at line 1',
        'guests#1 three',
        'rooms#1 four',
        'rooms#2 five',
      ],
    },
    { query: { services: ['guests'] }, lines: ['guests#1 three'] },
    { query: { services: ['edge'] }, lines: ['edge#1 of our own'] },
    {
      query: { level: 'info', services: ['rooms'] },
      lines: ['rooms#1 one', 'rooms#2 two', 'rooms#2 Error: no JSON\n    at line 1', 'rooms#1 four'],
    },
    { query: { level: 'error' }, lines: ['rooms#1 four'] },
    { query: { grep: /o(ne|ur)"/ }, lines: ['rooms#1 one', 'rooms#1 four'] },
    { query: { since: new Date(at(3)) }, lines: ['guests#1 three', 'rooms#1 four', 'rooms#2 five'] },
    { query: { tail: 2 }, lines: ['rooms#1 four', 'rooms#2 five'] },
    { query: { tail: 0 }, lines: [] },
  ])('$query', async ({ query, lines }) => {
    expect(await read(query)).toEqual(lines);
  });

  test('includes what was rotated away', async () => {
    expect(rotateIfLarge(logFile(logs, 'rooms', 1), 10)).toBe(true);
    write('rooms', 1, json(6, 'six'));
    expect(await read({ services: ['rooms'], level: 'info', grep: /msg/ })).toEqual([
      'rooms#1 one',
      'rooms#2 two',
      'rooms#1 four',
      'rooms#1 six',
    ]);
  });
});

describe('the supervisor tells why an instance ended', () => {
  const ended = (second: number, instance: string): string =>
    `${JSON.stringify({ level: 'warn', time: at(second), service: 'supervisor', msg: `${instance} ended`, instance })}\n`;
  beforeEach(() => {
    write('rooms', 1, json(1, 'one'));
    write('rooms', 2, json(3, 'three'));
    write('guests', 1, json(5, 'five'));
    appendFileSync(
      join(logs, 'supervisor.log'),
      ended(2, 'rooms#1') + ended(4, 'rooms#2') + ended(6, 'guests#1'),
    );
  });

  test.each<{ services: string[]; lines: string[] }>([
    {
      services: [],
      lines: [
        'rooms#1 one',
        'supervisor#1 rooms#1 ended',
        'rooms#2 three',
        'supervisor#1 rooms#2 ended',
        'guests#1 five',
        'supervisor#1 guests#1 ended',
      ],
    },
    { services: ['guests'], lines: ['guests#1 five', 'supervisor#1 guests#1 ended'] },
    { services: ['rooms#2'], lines: ['rooms#2 three', 'supervisor#1 rooms#2 ended'] },
    {
      services: ['supervisor', 'rooms#1'],
      lines: [
        'rooms#1 one',
        'supervisor#1 rooms#1 ended',
        'supervisor#1 rooms#2 ended',
        'supervisor#1 guests#1 ended',
      ],
    },
    { services: ['edge'], lines: [] },
  ])('logs $services', async ({ services, lines }) => {
    expect(await read({ services })).toEqual(lines);
  });
});

describe('following', () => {
  test('gives new lines over rotations, and of instances that come', async () => {
    write('rooms', 1, json(1, 'old'));
    const stop = new AbortController();
    const lines = readLogs(logs, { ...all, follow: true, tail: 1 }, stop.signal)[Symbol.asyncIterator]();
    const next = async (): Promise<string> => shown(((await lines.next()) as { value: LogLine }).value);
    expect(await next()).toBe('rooms#1 old');
    const first = next();
    write('rooms', 1, json(2, 'new'));
    expect(await first).toBe('rooms#1 new');
    // Written before the cut, read after it.
    write('rooms', 1, json(3, 'before the rotation'));
    rotateIfLarge(logFile(logs, 'rooms', 1), 10);
    write('rooms', 1, json(4, 'after'));
    expect([await next(), await next()]).toEqual(['rooms#1 before the rotation', 'rooms#1 after']);
    const another = next();
    write('guests', 3, 'plain\n');
    expect(await another).toBe('guests#3 plain');
    const last = lines.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });
});

test('pino lines give their fields; a number for a level is its word', () => {
  const line = parseLine(
    '{"level":50,"time":1763841600000,"service":"rooms","msg":"no","requestId":"r1"}',
    { service: 'rooms', replica: 1 },
    new Date(0),
  );
  expect(line).toMatchObject({
    level: 'error',
    message: 'no',
    fields: { requestId: 'r1' },
    time: new Date(1763841600000),
  });
});

test.each([
  [
    '2026-11-22 22:04:47.076 UTC [31543] LOG:  database system is ready to accept connections',
    { level: 'info', message: 'database system is ready to accept connections' },
  ],
  [
    '2026-11-22 22:04:47.076 UTC [31544] rooms@rooms ERROR:  relation "x" does not exist',
    { level: 'error', message: 'rooms@rooms relation "x" does not exist' },
  ],
  [
    '2026-11-22 22:04:47.076 UTC [31544] rooms@rooms STATEMENT:  select 1',
    { level: undefined, message: 'rooms@rooms STATEMENT:  select 1' },
  ],
])('PostgreSQL says when it wrote: %s', (raw, expected) => {
  const line = parseLine(raw, { service: 'postgres', replica: 1 }, new Date(0));
  expect(line).toMatchObject({ ...expected, time: new Date('2026-11-22T22:04:47.076Z') });
});

test('following gives a trace as one entry, also when it is read in parts', async () => {
  write('rooms', 1, json(1, 'old'));
  const stop = new AbortController();
  const lines = readLogs(logs, { ...all, follow: true, tail: 1 }, stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => shown(((await lines.next()) as { value: LogLine }).value);
  expect(await next()).toBe('rooms#1 old');
  const first = next();
  write('rooms', 1, '/rooms.ts:1\nthrow new Error();\n');
  write('rooms', 1, 'Error\n    at open\nNode.js v24.0.0\n');
  expect(await first).toBe('rooms#1 /rooms.ts:1\nthrow new Error();\nError\n    at open\nNode.js v24.0.0');
  const second = next();
  write('rooms', 1, 'no end of it\n');
  expect(await second).toBe('rooms#1 no end of it');
  stop.abort();
});

test('the last lines of a service that cannot start tell where it failed', () => {
  const stack =
    'Error: full\n    at open (rooms.ts:3:5)\n    at run (node:internal/x:1:1)\n    at main.ts:1:1';
  write(
    'rooms',
    1,
    `${JSON.stringify({ level: 'fatal', time: at(1), stack, msg: 'rooms cannot start: full' })}\n`,
  );
  expect(lastLines(logFile(logs, 'rooms', 1), 5)).toEqual([
    'fatal rooms cannot start: full',
    '    at open (rooms.ts:3:5)',
    '    at main.ts:1:1',
  ]);
});

test('of a crash, the error is the message, and repetitions count once', () => {
  const crash = 'Error: no door\n    at open (door.js:1)\n\nNode.js v24.0.0\n';
  write('rooms', 1, `${json(1, 'start', 'info')}${crash}`);
  expect(lastMessage(logFile(logs, 'rooms', 1))).toBe('Error: no door');
  write('guests', 1, `${json(1, 'no room', 'fatal')}${json(1, 'no room', 'fatal')}`);
  expect(lastLines(logFile(logs, 'guests', 1), 5)).toEqual(['fatal no room']);
});
