import { expect, it, vi } from 'vitest';
import { createLogger } from './log.ts';

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
