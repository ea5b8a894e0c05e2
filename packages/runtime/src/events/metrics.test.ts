import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { MessageStore } from './message-store.ts';
import { eventMetrics } from './metrics.ts';
import type { BusAdapter, Lag } from './port.ts';

it('shows what waits at this moment, asks once, and leaves out what a server that is away does not tell', async () => {
  let lag: Lag | undefined = { waiting: 3, seconds: 7, dead: 1 };
  let asked = 0;
  const bus = {
    async lag() {
      asked += 1;
      if (lag === undefined) throw new Error('away');
      return lag;
    },
  } as unknown as BusAdapter;
  const store = {
    async backlog() {
      if (lag === undefined) throw new Error('away');
      return { count: 1, seconds: 9, refused: 2 };
    },
  } as unknown as MessageStore;
  const metrics = new Registry();
  eventMetrics(metrics, 'test-service', bus, store);
  const gauges = async () =>
    (await metrics.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const shown = [
    'events_dead 1',
    'events_waiting_seconds 7',
    'events_waiting 3',
    'events_outbox_seconds 9',
    'events_refused 2',
  ];
  expect(await gauges()).toEqual(shown);
  expect(asked).toBe(1);
  lag = undefined;
  expect(await gauges()).toEqual([]);
  lag = { waiting: 3, seconds: 7, dead: 1 };
  expect(await gauges()).toEqual(shown);
});
