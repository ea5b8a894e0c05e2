import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Settlement } from '../port.ts';
import type { Leased, Queue, Settled } from './queue.ts';
import { PostgresSubscriber } from './subscriber.ts';

const leased = (attempt: number): Leased => ({
  seq: 1,
  attempt,
  message: {
    id: '0197d0f0-0000-7000-8000-000000000001',
    name: 'file.found',
    source: 'test',
    payload: {},
    headers: {},
    occurredAt: '2026-07-01T10:00:00.000Z',
  },
});

it('keeps the lease of an event that came again, when the first of its handlers ends', async () => {
  // The server was away for longer than a lease: what is being handled comes again.
  const claims = [[leased(1)], [leased(2)]];
  const [finished, extended]: [number[], number[]] = [[], []];
  const attempts = (items: readonly Settled[]) => items.map(({ attempt }) => attempt);
  const queue = {
    claim: async () => claims.shift() ?? [],
    finish: async (_: string, items: readonly Settled[]) => void finished.push(...attempts(items)),
    extend: async (_: string, items: readonly Settled[]) => void extended.push(...attempts(items)),
  } as unknown as Queue;
  const handlers: ((settlement: Settlement) => void)[] = [];
  const subscriber = new PostgresSubscriber(
    queue,
    { group: 'test', events: ['file.found'], concurrency: 2 },
    () => new Promise((resolve) => handlers.push(resolve)),
    { owner: 'test#1', leaseMs: 15, pollMs: 5, log: pino({ level: 'silent' }) },
  );
  subscriber.start();
  await expect.poll(() => handlers.length).toBe(2);
  handlers[0]?.({ kind: 'done' });
  await expect.poll(() => finished).toEqual([1]);
  extended.length = 0;
  await expect.poll(() => extended).toContain(2);
  handlers[1]?.({ kind: 'done' });
  await subscriber.stop();
  expect(finished).toEqual([1, 2]);
});
