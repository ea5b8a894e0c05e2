import { Counter, Gauge, type Registry } from 'prom-client';
import type { MessageStore } from './message-store.ts';
import type { BusAdapter } from './port.ts';

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
  const dead = new Gauge({ name: 'events_dead', help: 'Events that were given up.', registers });
  const age = new Gauge({
    name: 'events_waiting_seconds',
    help: 'Age of the oldest event that waits for this service.',
    registers,
  });
  new Gauge({
    name: 'events_waiting',
    help: 'Events that wait for this service.',
    registers,
    async collect() {
      const lag = await bus.lag(group).catch(() => undefined);
      if (lag === undefined) return;
      this.set(lag.waiting);
      age.set(lag.seconds);
      dead.set(lag.dead);
    },
  });
  if (store !== undefined) {
    new Gauge({
      name: 'events_outbox_seconds',
      help: 'Age of the oldest event that is not yet on the bus.',
      registers,
      async collect() {
        const backlog = await store.backlog().catch(() => undefined);
        if (backlog !== undefined) this.set(backlog.seconds);
      },
    });
  }
  return {
    published: (event) => published.inc({ event }),
    consumed: (event, outcome) => consumed.inc({ event, outcome }),
  };
}
