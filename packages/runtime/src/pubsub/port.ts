import type { Port } from '../port.ts';

/** How much of a topic is kept. The same for all that append to it and follow it. */
export interface Keep {
  /** Messages, at least; a few more may be there. */
  readonly count: number;
  /** After so long without a new message and without a follower, all of it is forgotten. */
  readonly seconds: number;
}

/** One who reads a topic from a position on. */
export interface Follower {
  readonly keep: Keep;
  /** The position of the last message that it has had. Without it, it begins with what comes next. */
  readonly after?: string | undefined;
  /** Without `after`: it begins with the oldest that is kept. */
  readonly oldest?: boolean | undefined;
  /**
   * Must not throw.
   * @param position Undefined for a message that was published without being kept.
   */
  receive(message: unknown, position: string | undefined): void;
  /** What came after its position is not kept any more, or was lost by the server: it goes on with what comes next. */
  gap?(): void;
  /** Between two messages of the past: when it can take more. */
  pace?(): Promise<void> | undefined;
}

/** A topic that is followed. */
export interface Following {
  /** Of the last kept message that was received, or of the beginning; empty before the first of `oldest`. */
  readonly position: string;
  /** Nothing that was appended before this moment is missing; false while the line is cut, and while it reads what it missed. */
  readonly current: boolean;
  end(): Promise<void>;
}

/**
 * What a pub/sub server must do: fan out to every process that listens at that moment, in order per publisher. After an
 * interruption it goes on by itself. What is published is gone when there is no listener; what is appended is kept for a
 * while, and each follower receives it once, in one order for all, however often its connection is cut meanwhile.
 */
export interface PubSub extends Port {
  /** @param message Anything that JSON can carry, of any size up to some MB. */
  publish(topic: string, message: unknown): Promise<void>;
  /** Resolves when it listens. `receive` must not throw; it hears what is appended too. @returns what ends it. */
  subscribe(topic: string, receive: (message: unknown) => void): Promise<() => Promise<void>>;
  /**
   * Keeps the message, and announces it. When it rejects, the message may be there or not: append again with the same id.
   * @param id Of the message: within ten minutes, another one of the same id is not appended to this topic.
   * @returns its position: opaque, later ones are greater by `isAfter`.
   */
  append(topic: string, message: unknown, keep: Keep, id?: string): Promise<string>;
  /** Resolves when what was kept after its position has been received, and the rest comes as it is appended. */
  follow(topic: string, follower: Follower): Promise<Following>;
}
