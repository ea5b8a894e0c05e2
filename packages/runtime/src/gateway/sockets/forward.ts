/** From the event bus to the replicas: one of them takes an event and tells all of them. */
import { type Consumer, type Contracts, on } from '../../events/index.ts';
import type { Platform } from '../../platform.ts';
import type { EventMessage } from './protocol.ts';
import { channelOf, KEEP, recipientsOf, topicOf } from './recipients.ts';
import type { RoomKinds } from './rooms.ts';
import { withTrace } from './trace.ts';

/** Where events go besides their users. */
export interface ForwardOptions {
  readonly rooms?: RoomKinds | undefined;
  /** Ids of the users whom a payload concerns. Default: those in `owner`, `userId` and `participants`. */
  readonly users?: ((payload: any) => readonly string[]) | undefined;
}

/**
 * A consumer for each contract: to the users whom the payload names, and to the rooms that declare the event. An event that the
 * bus delivers again comes no second time, being appended with its id.
 */
export function forwardEvents(
  contracts: Contracts,
  { pubsub }: Platform<'pubsub'>,
  { rooms = {}, users = recipientsOf }: ForwardOptions = {},
): readonly Consumer[] {
  return Object.keys(contracts).map((name) =>
    on(contracts, name, async (data, { event }) => {
      const message: EventMessage = { type: 'event', event: name, data, id: event.id, at: event.occurredAt };
      const traced = withTrace(message);
      await Promise.all([
        ...users(data).map((user) => pubsub.append(channelOf(user), traced, KEEP, event.id)),
        ...roomsOf(rooms, name, data).map((room) =>
          pubsub.append(topicOf(room), { ...traced, room }, KEEP, event.id),
        ),
      ]);
    }),
  );
}

const roomsOf = (rooms: RoomKinds, event: string, data: unknown): readonly string[] =>
  Object.entries(rooms).flatMap(([kind, { events }]) => {
    const id = events?.[event]?.(data);
    return id === undefined ? [] : [`${kind}:${id}`];
  });
