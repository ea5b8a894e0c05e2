import { expect, test } from 'vitest';
import { parseLine } from '../logs/parse.ts';
import { createJournal } from './journal.ts';

test('an entry is one JSON line that logs read like those of services; what is unknown is left out', () => {
  const lines: string[] = [];
  const journal = createJournal(
    (line) => lines.push(line),
    () => new Date('2026-11-22T20:00:01.000Z'),
  );
  journal('warn', 'rooms#1 was killed by SIGKILL', {
    instance: 'rooms#1',
    pid: 7,
    code: undefined,
    signal: 'SIGKILL',
  });
  expect(lines).toEqual([
    '{"level":"warn","time":"2026-11-22T20:00:01.000Z","service":"supervisor","msg":"rooms#1 was killed by SIGKILL","instance":"rooms#1","pid":7,"signal":"SIGKILL"}\n',
  ]);
  expect(
    parseLine((lines[0] ?? '').trimEnd(), { service: 'supervisor', replica: 1 }, new Date(0)),
  ).toMatchObject({
    time: new Date('2026-11-22T20:00:01.000Z'),
    level: 'warn',
    message: 'rooms#1 was killed by SIGKILL',
    fields: { instance: 'rooms#1', pid: 7, signal: 'SIGKILL' },
  });
});
