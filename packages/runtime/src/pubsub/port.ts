import type { Port } from '../port.ts';

/**
 * What a pub/sub server must do: fan out to every process that listens at that moment, in order per publisher. What
 * nobody hears is gone; after an interruption it goes on by itself.
 */
export interface PubSub extends Port {
  /** @param message Anything that JSON can carry, of any size up to some MB. */
  publish(topic: string, message: unknown): Promise<void>;
  /** Resolves when it listens. `receive` must not throw. @returns what ends it. */
  subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>>;
}
