/** What goes over a socket, as JSON texts. docs/sockets.md tells clients about it. */
import { z } from 'zod';

/** `conversation:0198c0de-…`: a kind that the service declares, and an id. */
const Room = z.string().regex(/^[a-z][a-z0-9-]{0,31}:[\w-]{1,100}$/, 'A room is named kind:id');

/** What a client may send. */
export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('authenticate'), token: z.string().min(1) }),
  /** `after`: the position of the last message from this room, to get what came since. */
  z.strictObject({ type: z.literal('join'), room: Room, after: z.string().max(40).optional() }),
  z.strictObject({ type: z.literal('leave'), room: Room }),
  z.strictObject({ type: z.literal('typing'), room: Room }),
]);
export type ClientMessage = z.output<typeof ClientMessage>;

/** An event as it is kept. Its position is added when it goes over a socket. */
export interface EventMessage {
  readonly type: 'event';
  /** `booking.confirmed` */
  readonly event: string;
  readonly data: unknown;
  /** Of the event: the same when it comes to a user by two ways, such as a room and their own channel. */
  readonly id: string;
  /** ISO instant at which it happened. */
  readonly at: string;
  /** Absent: it came to the user. */
  readonly room?: string | undefined;
}

/** What a client gets. */
export type ServerMessage =
  /** What was missed has been sent; from here on events arrive as they happen. */
  | {
      readonly type: 'ready';
      readonly userId: string;
      readonly expiresAt: string;
      readonly position: string;
      /** All that came since the position of the handshake was sent. False also when it named none. */
      readonly resumed: boolean;
    }
  | (EventMessage & { readonly position: string })
  /** Something is missing here, and not kept any more: read the state by the API. */
  | { readonly type: 'gap'; readonly room?: string }
  | { readonly type: 'authenticated'; readonly expiresAt: string }
  | {
      readonly type: 'joined';
      readonly room: string;
      readonly position: string;
      readonly resumed: boolean;
      /** Users. */
      readonly online: readonly string[];
    }
  /** `code`: why, when the client did not ask. */
  | { readonly type: 'left'; readonly room: string; readonly code?: string }
  | { readonly type: 'typing'; readonly room: string; readonly userId: string }
  | {
      readonly type: 'presence';
      readonly room: string;
      readonly userId: string;
      readonly online: boolean;
    }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly detail: string;
      readonly room?: string | undefined;
    };

/** @returns the message, or what is wrong with it. */
export function parseClientMessage(text: string): ClientMessage | { readonly wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: 'Send JSON.' };
  }
  const { success, data, error } = ClientMessage.safeParse(value);
  if (success) return data;
  const type = (value as { type?: unknown } | null)?.type;
  const known = ClientMessage.options.map(({ shape }) => shape.type.value);
  if (!known.includes(type as never)) return { wrong: `The type is one of ${known.join(', ')}.` };
  return {
    wrong: error.issues
      .map(({ path, message }) => [...path, message].join(': '))
      .join('; ')
      .slice(0, 500),
  };
}
