import { describe, expect, it } from 'vitest';
import { type Check, ReadinessProbe } from './readiness.ts';

const fine = (name: string, required = true): Check => ({ name, required, run: () => Promise.resolve() });
const away = (name: string, required = true): Check => ({
  name,
  required,
  run: () => Promise.reject(new Error(`${name} is away`)),
});
const read = (checks: Check[], phase: 'starting' | 'running' | 'draining' = 'running') =>
  new ReadinessProbe(checks, () => phase).read();

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

  it('asks what it depends on once, however many ask it at the same time', async () => {
    let asked = 0;
    const probe = new ReadinessProbe(
      [{ name: 'database', required: true, run: async () => void (asked += 1) }],
      () => 'running',
    );
    await Promise.all(Array.from({ length: 20 }, () => probe.read()));
    expect(asked).toBe(1);
  });
});
