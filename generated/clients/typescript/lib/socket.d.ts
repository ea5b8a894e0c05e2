/** Events as they happen: one socket that comes back by itself, where it was. */
export interface SocketEvent {
  /** `booking.confirmed` */
  readonly event: string;
  readonly data: unknown;
  readonly id: string;
  /** ISO instant at which it happened. */
  readonly at: string;
  /** Absent: it came to the user, not to a room. */
  readonly room?: string | undefined;
}

export interface EventSocketOptions {
  /** `wss://hometrip.example/ws` */
  readonly url: string;
  /** A valid access token; asked for each connection, and before the last one expires. */
  readonly token: () => string | Promise<string>;
  /** Each event once, in the order of its room or of the user. */
  readonly onEvent: (event: SocketEvent) => void;
  /** Something was missed for good: read the state by the API. With a room, only what concerns it. */
  readonly onGap?: ((room: string | undefined) => void) | undefined;
  readonly onPresence?: ((room: string, userId: string, online: boolean) => void) | undefined;
  readonly onTyping?: ((room: string, userId: string) => void) | undefined;
  /**
   * A room that cannot be joined, or not any more; a message that was refused; `no-connection` for an attempt that failed: the gateway is
   * away, or refuses the token, which browsers do not tell apart. The next attempt follows by itself.
   */
  readonly onError?: ((code: string, detail: string, room: string | undefined) => void) | undefined;
  /** True: events arrive. False: it is on its way. */
  readonly onOnline?: ((online: boolean) => void) | undefined;
  /** Default: the global one. */
  readonly WebSocket?: typeof WebSocket | undefined;
}

export interface EventSocket {
  /** Stays joined over all reconnections, until `leave`. */
  join(room: string): void;
  leave(room: string): void;
  /** Call it at each keystroke: it is said every three seconds. */
  typing(room: string): void;
  close(): void;
}

/** Connects, and stays so until it is closed. */
export declare function openEventSocket(options: EventSocketOptions): EventSocket;
