import { Counter, Gauge, type Registry } from 'prom-client';
import type { Backlog, MessageStore } from './message-store.ts';
import type { BusAdapter, Lag } from './port.ts';

export type Outcome = 'handled' | 'repeated' | 'failed' | 'dead';

export interface EventMetrics {
  published(event: string): void;
  consumed(event: string, outcome: Outcome): void;
}

/** Ages are asked of the servers when somebody scrapes; a server that is away leaves its gauges out. */
export function eventMetrics(
  registry: Registry,
  group: string,
  bus: BusAdapter,
  store: MessageStore | undefined,
): EventMetrics {
  const registers = [registry];
  const published = new Counter({
    name: 'events_published_total',
    help: 'Events published, by name.',
    labelNames: ['event'],
    registers,
  });
  const consumed = new Counter({
    name: 'events_consumed_total',
    help: 'Deliveries by outcome: handled, repeated (known already), failed (will be tried again), dead.',
    labelNames: ['event', 'outcome'],
    registers,
  });
  let asking: Promise<Lag | undefined> | undefined;
  // Once for the gauges of one scrape.
  const lag = () =>
    (asking ??= bus
      .lag(group)
      .catch(() => undefined)
      .finally(() => (asking = undefined)));
  new Gauge({
    name: 'events_dead',
    help: 'Events that were given up.',
    registers,
    async collect() {
      show(this, (await lag())?.dead);
    },
  });
  new Gauge({
    name: 'events_waiting_seconds',
    help: 'Age of the oldest event that waits for this service.',
    registers,
    async collect() {
      show(this, (await lag())?.seconds);
    },
  });
  new Gauge({
    name: 'events_waiting',
    help: 'Events that wait for this service.',
    registers,
    async collect() {
      show(this, (await lag())?.waiting);
    },
  });
  if (store !== undefined) {
    let looking: Promise<Backlog | undefined> | undefined;
    const backlog = () =>
      (looking ??= store
        .backlog()
        .catch(() => undefined)
        .finally(() => (looking = undefined)));
    new Gauge({
      name: 'events_outbox_seconds',
      help: 'Age of the oldest event that is not yet on the bus.',
      registers,
      async collect() {
        show(this, (await backlog())?.seconds);
      },
    });
    new Gauge({
      name: 'events_refused',
      help: 'Events that the bus took in no company, and the outbox has set aside.',
      registers,
      async collect() {
        show(this, (await backlog())?.refused);
      },
    });
  }
  return {
    published: (event) => published.inc({ event }),
    consumed: (event, outcome) => consumed.inc({ event, outcome }),
  };
}

/** A gauge keeps what it was set to, and begins with 0: what nobody knows now is taken out. */
function show(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
