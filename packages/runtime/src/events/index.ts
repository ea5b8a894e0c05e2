import { openersFor, openPort, type Opener } from '../port.ts';
import { systemOf } from '../telemetry/systems.ts';
import type { AmqpBusOptions } from './amqp/adapter.ts';
import { EventBus, type EventsOptions } from './bus.ts';
import type { Contracts } from './contracts.ts';
import type { BusAdapter } from './port.ts';
import type { PostgresBusOptions } from './postgres/adapter.ts';

export type { AmqpBusOptions } from './amqp/adapter.ts';
export type { PostgresBusOptions } from './postgres/adapter.ts';
export { EventBus, type ConsumeOptions, type EventsOptions } from './bus.ts';
export { on, type Consumer, type Contracts, type HandlerContext } from './contracts.ts';
export type { Backlog, MessageStore, RefusedMessage, StoreTx } from './message-store.ts';
export type {
  BusAdapter,
  BusMessage,
  DeadLetter,
  Delivery,
  Lag,
  Settlement,
  Subscriber,
  Subscription,
} from './port.ts';

/** Adapters may take further options of their own; see each. */
export type BusOptions = PostgresBusOptions & AmqpBusOptions;

const openers: readonly Opener<BusAdapter, BusOptions>[] = [
  {
    schemes: ['postgres:', 'postgresql:'],
    open: async (url, options) => (await import('./postgres/adapter.ts')).openPostgresBus(url, options),
  },
  {
    schemes: ['amqp:', 'amqps:'],
    open: async (url, options) => (await import('./amqp/adapter.ts')).openAmqpBus(url, options),
  },
];

/** The bare bus: no contracts, no outbox. For tools and tests; services use `openEvents`. @param url As for `openEvents`. */
export function openBus(url: URL, options: BusOptions): Promise<BusAdapter> {
  return openPort('event bus', openersFor(options.adapters?.events, openers), url, options);
}

/**
 * The event bus of a service: contracts, outbox and inbox over the bus at a URL.
 * @param url The same for all services of a stack: `postgres://user:password@host:port/bus`, a database of its own, or
 * `amqp://user:password@host:port/vhost`.
 */
export async function openEvents<C extends Contracts>(
  url: URL,
  options: EventsOptions<C> & BusOptions,
): Promise<EventBus<C>> {
  return new EventBus(await openBus(url, options), { system: systemOf(url), ...options });
}
