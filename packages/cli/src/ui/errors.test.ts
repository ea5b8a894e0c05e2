import { expect, it } from 'vitest';
import { UserError } from '../platform/errors.ts';
import { presentError } from './errors.ts';
import { createTerminal } from './terminal.ts';

function shown(error: unknown, json: boolean): { out: string; err: string; code: number } {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    ({
      write: (text: string) => (written[name] += text),
      on: () => undefined,
      listenerCount: () => 1,
    }) as unknown as NodeJS.WriteStream;
  const code = presentError(error, createTerminal(stream('out'), stream('err')), json);
  return { ...written, code };
}

it('JSON is one line, so that it can end a stream of events', () => {
  const { out, err, code } = shown(
    new UserError('no\nroom', { next: ['look elsewhere'], exitCode: 3 }),
    true,
  );
  expect([out.indexOf('\n'), err, code]).toEqual([out.length - 1, '', 3]);
  expect(JSON.parse(out)).toEqual({ error: { message: 'no\nroom', next: ['look elsewhere'], details: [] } });
});

it('what the system refuses is no mistake of ours', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  const { err, code } = shown(full, false);
  expect(err).toContain('ENOSPC: no space left on device, write');
  expect(err).toContain('make room');
  expect(err).not.toContain('    at ');
  expect(code).toBe(1);
});

it('control characters of others do not reach the terminal', () => {
  const { err } = shown(new UserError('a\u001b[2Jb', { next: ['\u0007'] }), false);
  expect(err).toContain('a\\x1b[2Jb');
  expect(err).not.toContain('\u0007');
});
