import type { RoomKinds, SocketPlatform } from '@hometrip/runtime/gateway';
import type { Platform } from '@hometrip/runtime';

type Calls = Partial<Platform<'pubsub', {}, 'message-service'>['calls']>;

interface Conversation {
  readonly owner: string;
  readonly participants: readonly string[];
}

/** The rooms that clients may join: `conversation:<id>`, `user:<id>`. */
export const rooms: RoomKinds<SocketPlatform> = {
  /** Those who talk to each other. Asked as this service, which may read every conversation. */
  conversation: {
    async mayJoin({ user, id, platform }) {
      const messages = (platform.calls as Calls)['message-service'];
      // A system without conversations has no rooms for them.
      if (messages === undefined) return false;
      const { status, body } = await messages.get<Conversation>(
        `/api/v1/conversations/${encodeURIComponent(id)}`,
        { authorization: null },
      );
      if (status === 404 || status === 422) return false;
      if (status !== 200) throw new Error(`message-service answers ${status}`);
      return body.owner === user.id || body.participants.includes(user.id);
    },
    events: { 'message.created': ({ conversationId }) => conversationId },
  },
  /** Whether a user is online: every signed-in user may see that. */
  user: { ofUsers: true, mayJoin: () => true },
};
