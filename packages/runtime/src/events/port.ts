import type { Port } from '../port.ts';

/** An event as it travels. */
export interface BusMessage {
  /** UUID; publishing the same id twice delivers it once. */
  readonly id: string;
  /** `booking.confirmed` */
  readonly name: string;
  /** The publishing service. */
  readonly source: string;
  readonly payload: unknown;
  /** Trace context and the like: traceparent, requestId. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO instant. */
  readonly occurredAt: string;
}

/** A message handed to a group. */
export interface Delivery {
  readonly message: BusMessage;
  /** From 1. Counts every time that the message was handed out, also to processes that died with it. */
  readonly attempt: number;
}

/** What becomes of a delivery. */
export type Settlement =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'dead'; readonly reason: string };

/** Which events a group gets. */
export interface Subscription {
  /** Each group gets each event once; its members share the work. The service's name. */
  readonly group: string;
  readonly events: readonly string[];
  /** How many handlers run at once. */
  readonly concurrency: number;
}

/** A subscription that is at work. */
export interface Subscriber {
  /** Takes nothing new, gives back what was not begun, and waits for the handlers that run. */
  stop(): Promise<void>;
}

/** An event that a group gave up. */
export interface DeadLetter {
  readonly message: BusMessage;
  readonly reason: string;
  readonly attempts: number;
  /** ISO instant. */
  readonly diedAt: string;
}

/** What a group has not handled yet. */
export interface Lag {
  readonly waiting: number;
  /** Age of the oldest waiting event, in seconds. */
  readonly seconds: number;
  readonly dead: number;
}

/**
 * What an event bus must do. Delivery is at least once, per group; order is kept per publisher as long as nothing is
 * retried. A process that dies gives its unsettled deliveries back within `leaseMs`.
 */
export interface BusAdapter extends Port {
  /**
   * Resolves when the messages are durable. When it rejects, some of them may be, unless the adapter promises all or
   * none: publish all of them again. A known id is ignored, as far as the adapter tells; inboxes know them all.
   */
  publish(messages: readonly BusMessage[]): Promise<void>;
  /**
   * Makes the group durable for these events (from now on, and while its members are away), and delivers until
   * stopped. `handle` never rejects. Survives a lost server.
   */
  subscribe(
    subscription: Subscription,
    handle: (delivery: Delivery) => Promise<Settlement>,
  ): Promise<Subscriber>;
  /** Oldest first. */
  deadLetters(group: string, limit: number): Promise<readonly DeadLetter[]>;
  /** Delivers dead letters again, all or the named ones, with attempts counted anew. @returns how many. */
  replay(group: string, ids?: readonly string[]): Promise<number>;
  lag(group: string): Promise<Lag>;
}
