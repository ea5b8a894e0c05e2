import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { unavailable } from '../http/problem.ts';
import { on } from './contracts.ts';
import { dispatcher } from './dispatch.ts';
import { eventMetrics } from './metrics.ts';
import type { BusAdapter, Delivery } from './port.ts';

const bus = { lag: async () => ({ waiting: 0, seconds: 0, dead: 0 }) } as unknown as BusAdapter;
const handling = (schema: z.ZodType, handle: () => void) =>
  dispatcher([on({ 'page.found': schema }, 'page.found', handle)], {
    group: 'test-service',
    attempts: 2,
    retry: { base: 1, max: 1 },
    log: pino({ level: 'silent' }),
    metrics: eventMetrics(new Registry(), 'test-service', bus, undefined),
    store: undefined,
    system: 'test',
  });
const delivery = (payload: unknown, attempt = 1): Delivery => ({
  attempt,
  message: {
    id: '0197d0f0-0000-7000-8000-000000000001',
    name: 'page.found',
    source: 'other-service',
    payload,
    headers: {},
    occurredAt: '2026-07-01T10:00:00.000Z',
  },
});

it('puts aside what makes the code of its schema throw', async () => {
  const handle = handling(
    z.string().transform((text) => new URL(text)),
    () => undefined,
  );
  expect(await handle(delivery('https://example.com'))).toEqual({ kind: 'done' });
  expect(await handle(delivery('no address'))).toEqual({
    kind: 'dead',
    reason: 'against the contract: TypeError: Invalid URL',
  });
});

it.each(['database-unavailable', 'mail-unavailable', 'redis-unavailable', 'search-unavailable'])(
  'tries again as long as it takes when a handler meets %s',
  async (code) => {
    const handle = handling(z.string(), () => {
      throw unavailable('It cannot be reached.', 1, code);
    });
    expect(await handle(delivery('x', 1_000))).toMatchObject({ kind: 'retry' });
  },
);

it('gives up after the last attempt what fails for any other reason', async () => {
  const handle = handling(z.string(), () => {
    throw new Error('no such page');
  });
  expect(await handle(delivery('x', 1))).toMatchObject({ kind: 'retry' });
  expect(await handle(delivery('x', 2))).toEqual({ kind: 'dead', reason: 'Error: no such page' });
});
