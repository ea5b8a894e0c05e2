/** What client developers are promised over sockets, by the client that is generated for them. */
import { describe, expect, it } from 'vitest';
import { openEventSocket } from '../../generated/clients/typescript/src/index.ts';
import { registerAt } from './gateway-suite.ts';
import { client, until } from './hometrip.ts';

/** @param url Of the WebSocket gateway: `http://127.0.0.1:3002`. */
export function testSockets(gateway: () => string, url: () => string): void {
  const register = (name: string) => registerAt(gateway(), name);
  const api = (token: string) => client(`${gateway()}/api/v1`, token);

  describe('over sockets', () => {
    it('people who talk see each other’s messages, typing and presence, and nobody else does', async () => {
      const [guest, host, stranger] = await Promise.all([
        register('Guest'),
        register('Host'),
        register('Stranger'),
      ]);
      const conversation = await api(guest.token).post('/conversations', {
        participants: [host.id],
        subject: 'Keys',
      });
      expect(conversation.status, JSON.stringify(conversation.body)).toBe(201);
      const room = `conversation:${conversation.body.id}`;
      const open = ({ token }: { token: string }) => {
        const seen: string[] = [];
        const socket = openEventSocket({
          url: `${url().replace('http', 'ws')}/ws`,
          token: () => token,
          onEvent: ({ event, data }) => seen.push(`${event} ${(data as { messageId?: string }).messageId}`),
          onPresence: (_, userId, online) => seen.push(`${userId} ${online ? 'comes' : 'goes'}`),
          onTyping: (_, userId) => seen.push(`${userId} types`),
          onError: (code) => seen.push(code),
        });
        socket.join(room);
        const sees = (what: string) => until(what, () => seen.includes(what) || undefined);
        return { socket, seen, sees };
      };
      const [guests, hosts, strangers] = [open(guest), open(host), open(stranger)];
      await guests.sees(`${host.id} comes`);
      await hosts.sees(`${guest.id} comes`);
      hosts.socket.typing(room);
      await guests.sees(`${host.id} types`);
      const message = await api(host.token).post('/messages', {
        conversationId: conversation.body.id,
        body: 'Under the mat',
      });
      expect(message.status, JSON.stringify(message.body)).toBe(201);
      for (const { sees } of [guests, hosts]) await sees(`message.created ${message.body.id}`);
      await strangers.sees('forbidden');
      expect(strangers.seen).toEqual(['forbidden']);
      for (const { socket } of [guests, hosts, strangers]) socket.close();
    });
  });
}
