import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { type Check, ReadinessProbe } from './readiness.ts';

const fine = (name: string, required = true): Check => ({ name, required, run: () => Promise.resolve() });
const away = (name: string, required = true): Check => ({
  name,
  required,
  run: () => Promise.reject(new Error(`${name} is away`)),
});
const read = (checks: Check[], phase: 'starting' | 'running' | 'draining' = 'running') =>
  new ReadinessProbe(checks, () => phase, silent).read();
const silent = pino({ level: 'silent' });

describe('an instance', () => {
  it('is ready when all that it uses is there', async () => {
    expect(await read([fine('database'), fine('events', false)])).toEqual({
      ready: true,
      status: 'ready',
      checks: { database: 'ok', events: 'ok' },
    });
  });

  it('stays ready without what it can go on without, and says so', async () => {
    expect(await read([fine('database'), away('events', false)])).toEqual({
      ready: true,
      status: 'degraded',
      checks: { database: 'ok', events: 'events is away' },
    });
  });

  it('is not ready without what it cannot go on without', async () => {
    expect(await read([away('database'), fine('events', false)])).toMatchObject({
      ready: false,
      status: 'unavailable',
    });
  });

  it.each([
    ['starting', 'starting'],
    ['draining', 'draining'],
  ] as const)('is not ready while it is %s', async (phase, status) => {
    expect(await read([fine('database')], phase)).toMatchObject({ ready: false, status });
  });

  it('logs when something goes away and when it is back, not at every probe', async () => {
    const lines: unknown[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
    let isThere = false;
    const run = () => (isThere ? Promise.resolve() : Promise.reject(new Error('wrong password')));
    const check = { ...fine('documents'), run };
    const probe = new ReadinessProbe([check, away('events', false)], () => 'running', log);
    vi.useFakeTimers({ toFake: ['performance'] });
    for (const state of [false, false, true, true]) {
      isThere = state;
      await probe.read();
      vi.advanceTimersByTime(1_000);
    }
    vi.useRealTimers();
    expect(lines).toEqual([
      { level: 40, check: 'documents', reason: 'wrong password', msg: 'not ready: documents cannot be used' },
      {
        level: 40,
        check: 'events',
        reason: 'events is away',
        msg: 'events cannot be used; going on without',
      },
      { level: 30, check: 'documents', msg: 'documents can be used again' },
    ]);
  });

  it('asks what it depends on once, however many ask it at the same time', async () => {
    let asked = 0;
    const probe = new ReadinessProbe(
      [{ name: 'database', required: true, run: async () => void (asked += 1) }],
      () => 'running',
      silent,
    );
    await Promise.all(Array.from({ length: 20 }, () => probe.read()));
    expect(asked).toBe(1);
  });
});
