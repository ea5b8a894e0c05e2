import type { BusMessage } from './port.ts';

/** A transaction of the service's own store: Kysely's for SQL, the adapter's for documents. */
export type StoreTx = object;

/** A message that the bus takes in no company, with what it said. */
export interface RefusedMessage {
  readonly id: string;
  readonly reason: string;
}

/** What an outbox holds. */
export interface Backlog {
  readonly count: number;
  readonly seconds: number;
  /** How many are set aside until an operator looks at them. */
  readonly refused: number;
}

/**
 * Outbox and inbox in the service's own store. An event is stored in the transaction of the change that it tells of,
 * and relayed to the bus afterwards; an event that arrives is noted in the transaction of its effects.
 */
export interface MessageStore {
  /** Creates what it needs; idempotent, also when replicas call it at the same moment. */
  prepare(): Promise<void>;
  /** Keeps messages until they are relayed: with the transaction, or at once without one. */
  append(messages: readonly BusMessage[], tx?: StoreTx): Promise<void>;
  /** Calls back when the transaction is committed. A hint only: it may never come. */
  afterCommit(tx: StoreTx, callback: () => void): void;
  /**
   * Hands up to `limit` messages, oldest first, to `publish`, and forgets them once it resolves, but sets those aside that it
   * returns. When several replicas relay, one works and the others get 0 at once, so the order is kept. @returns how many
   * were relayed or set aside.
   */
  relay(
    limit: number,
    publish: (messages: readonly BusMessage[]) => Promise<readonly RefusedMessage[]>,
  ): Promise<number>;
  /** What waits for the relay; `seconds` is the age of the oldest. */
  backlog(): Promise<Backlog>;
  transaction<T>(work: (tx: StoreTx) => Promise<T>): Promise<T>;
  /** Notes in the transaction that `consumer` handles the event. @returns false when it already did. Waits for a rival. */
  claim(tx: StoreTx, consumer: string, eventId: string): Promise<boolean>;
  /** Forgets handled events that are older; they cannot be told from new ones afterwards. */
  expire(days: number): Promise<void>;
}
