/** From the event bus to the replicas: one of them takes an event and tells all of them. */
import { type Consumer, type Contracts, on } from '../../events/index.ts';
import type { Platform } from '../../platform.ts';
import { channelOf, recipientsOf } from './recipients.ts';
import { withTrace } from './trace.ts';

/** What goes over a socket. Delivered at least once: clients know a repeated one by its id. */
export interface EventMessage {
  readonly type: 'event';
  /** `booking.confirmed` */
  readonly event: string;
  readonly data: unknown;
  readonly id: string;
  /** ISO instant at which it happened. */
  readonly at: string;
}

/** A consumer for each contract. */
export function forwardEvents(contracts: Contracts, { pubsub }: Platform<'pubsub'>): readonly Consumer[] {
  return Object.keys(contracts).map((name) =>
    on(contracts, name, async (data, { event }) => {
      const message: EventMessage = { type: 'event', event: name, data, id: event.id, at: event.occurredAt };
      const traced = withTrace(message);
      await Promise.all(recipientsOf(data).map((user) => pubsub.publish(channelOf(user), traced)));
    }),
  );
}
