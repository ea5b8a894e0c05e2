/** What the sockets of several replicas must do over every pub/sub. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventually } from '../testing.ts';
import type { SocketReplicas } from './testing.ts';

export function testFanOut(name: string, replicas: () => SocketReplicas): void {
  describe(`events over ${name}`, () => {
    const join = (user: string, replica?: number) => replicas().join(user, replica);
    const publish: SocketReplicas['publish'] = (event, payload) => replicas().publish(event, payload);

    it('reach the users whom they name, on whichever replica these are', async () => {
      const [guest, host, stranger] = [randomUUID(), randomUUID(), randomUUID()];
      const [laptop, phone, hosts, other] = [
        await join(guest, 0),
        await join(guest, 1),
        await join(host, 1),
        await join(stranger, 0),
      ];
      const confirmed = { bookingId: 'b1', guestId: guest, hostId: host };
      const message = { participants: [host, guest], text: 'Welcome!' };
      await publish('booking.confirmed', confirmed);
      await eventually(() => [laptop, phone, hosts].every((client) => client.events().length === 1));
      await publish('message.created', message);
      await eventually(() => [laptop, phone, hosts].every((client) => client.events().length === 2));
      for (const client of [laptop, phone, hosts])
        expect(client.events()).toEqual([
          ['booking.confirmed', confirmed],
          ['message.created', message],
        ]);
      expect(other.events()).toEqual([]);
    });

    it('carry an id and the time at which it happened', async () => {
      const user = randomUUID();
      const client = await join(user);
      await publish('booking.confirmed', { bookingId: 'b2', guestId: user });
      expect(await client.until('event')).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    });

    it('still arrive on one socket when the other one of the same user is closed', async () => {
      const user = randomUUID();
      const [kept, left] = [await join(user), await join(user)];
      left.socket.close();
      await eventually(() => left.closed !== undefined);
      await publish('booking.confirmed', { bookingId: 'b3', guestId: user });
      await kept.until('event');
    });
  });
}
