import { expect, it, vi } from 'vitest';
import pino from 'pino';
import { runInContext } from './context.ts';
import { createLogger, plainLines } from './log.ts';

function logged(fields: object): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  createLogger({ service: 'rooms', instance: 'rooms#1', destination }).info(fields, 'm');
  return text;
}

it.each<[string, object]>([
  ['a password', { password: 'SECRET' }],
  ['one level down', { body: { refreshToken: 'SECRET' } }],
  ['an authorization header', { headers: { authorization: 'Bearer SECRET' } }],
  [
    'the row that a constraint refused',
    {
      err: Object.assign(new Error('null value'), {
        code: '23502',
        detail: 'Failing row contains (SECRET).',
      }),
    },
  ],
  [
    'the data around an error in SQL',
    { err: Object.assign(new Error('invalid input'), { code: '22P02', where: 'JSON data, line 1: SECRET' }) },
  ],
])('%s stays out of logs', (_, fields) => {
  const text = logged(fields);
  expect(text).not.toContain('SECRET');
  expect(text).toContain('[redacted]');
});

it('what is no secret is there', () => {
  const err = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'account_email_key' });
  expect(JSON.parse(logged({ err, count: 1 }))).toMatchObject({
    count: 1,
    err: { message: 'duplicate key', code: '23505', constraint: 'account_email_key' },
  });
});

it('every line has the time of its own millisecond', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const instants = ['2026-07-01T10:00:00.000Z', '2026-07-01T10:00:00.000Z', '2026-07-01T10:00:00.001Z'];
  const times = instants.map((instant) => {
    vi.setSystemTime(new Date(instant));
    return (JSON.parse(logged({})) as { time: string }).time;
  });
  vi.useRealTimers();
  expect(times).toEqual(instants);
});

it('a plain line is what the logger itself would write, and keeps to its level', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  vi.useFakeTimers({ toFake: ['Date'] });
  const log = createLogger({ service: 'rooms', instance: 'rooms#1', destination });
  const fields = { method: 'GET', path: '/a"b\nü', status: 200, ms: 0.25, user: undefined };
  const context = {
    requestId: 'r-1',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: '00',
    deadline: undefined,
    signal: undefined,
    authorization: undefined,
  };
  const plain = plainLines(log, 'request');
  for (const write of [() => log.info(fields, 'request'), () => plain(fields)]) {
    write();
    runInContext(context, write);
  }
  vi.useRealTimers();
  expect(lines.slice(2)).toEqual(lines.slice(0, 2));
  log.level = 'warn';
  plain(fields);
  expect(lines).toHaveLength(4);
});

it('a logger of somebody else writes plain lines in its own way', () => {
  let text = '';
  const log = pino({ base: null }, { write: (line) => void (text += line) });
  plainLines(log, 'request')({ status: 200 });
  expect(JSON.parse(text)).toMatchObject({ level: 30, status: 200, msg: 'request' });
});
