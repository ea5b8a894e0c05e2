/** What the sockets of several replicas must do over every pub/sub. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eventually } from '../testing.ts';
import { type SocketClient, type SocketReplicas, tokenOf } from './testing.ts';

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
      const confirmed = { bookingId: 'b1', owner: guest, userId: host };
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
      await publish('booking.confirmed', { bookingId: 'b2', owner: user });
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
      await publish('booking.confirmed', { bookingId: 'b3', owner: user });
      await kept.until('event');
    });
  });

  describe(`coming back over ${name}`, () => {
    const join = (user: string, replica?: number, after?: string) => replicas().join(user, replica, after);
    const confirm = (owner: string, ...ids: string[]) =>
      Promise.all(ids.map((bookingId) => replicas().publish('booking.confirmed', { bookingId, owner })));
    const bookings = (client: SocketClient) => client.events().map(([, { bookingId }]) => bookingId);

    it('gives a client what it missed, on the same replica or another one, and goes on', async () => {
      const user = randomUUID();
      const first = await join(user, 0);
      await confirm(user, 'a');
      await eventually(() => bookings(first).length === 1);
      const { position } = first.of('event')[0];
      first.socket.terminate();
      await confirm(user, 'b');
      await confirm(user, 'c');
      const witness = await join(user, 0, position);
      await eventually(() => bookings(witness).length === 2);
      // Replicas share the events of the bus: the order in which they pass them on is one for all clients, and theirs.
      const missed = bookings(witness);
      expect(missed.toSorted()).toEqual(['b', 'c']);
      for (const replica of [0, 1]) {
        const again = await join(user, replica, position);
        expect(bookings(again)).toEqual(missed);
        expect(again.messages.at(-1)).toMatchObject({
          type: 'ready',
          resumed: true,
          position: again.of('event')[1].position,
        });
        again.socket.close();
      }
      await confirm(user, 'd');
      await eventually(() => bookings(witness).length === 3);
      expect(bookings(witness)).toEqual([...missed, 'd']);
    });

    it('has a position to come back to before the first event', async () => {
      const user = randomUUID();
      const first = await join(user, 0);
      const { position, resumed } = await first.until('ready');
      expect(resumed).toBe(false);
      first.socket.terminate();
      await confirm(user, 'missed');
      const second = await join(user, 1, position);
      await eventually(() => bookings(second).length === 1);
      expect(second.of('gap')).toEqual([]);
    });

    it('says that something is missing when it cannot tell what', async () => {
      const user = randomUUID();
      const client = await join(user, 0, '1');
      expect(client.messages.map(({ type }) => type)).toEqual(['gap', 'ready']);
      expect(client.of('ready')[0].resumed).toBe(false);
    });

    it('gives the past to a client as fast as it reads, however much there is', async () => {
      const user = randomUUID();
      const first = await join(user);
      const { position } = await first.until('ready');
      first.socket.terminate();
      const text = 'x'.repeat(200_000);
      const witness = await join(user);
      for (let sent = 0; sent < 20; sent += 1)
        await replicas().publish('message.created', { participants: [user], text: `${sent} ${text}` });
      await eventually(() => witness.events().length === 20);
      const again = await join(user, 1, position);
      expect(again.events()).toEqual(witness.events());
      expect(again.closed).toBeUndefined();
    });
  });

  describe(`rooms over ${name}`, () => {
    const enter = async (client: SocketClient, room: string, after?: string) => {
      client.send({ type: 'join', room, ...(after !== undefined && { after }) });
      await eventually(() => client.of('joined').some((joined) => joined.room === room));
      return client.of('joined').find((joined) => joined.room === room);
    };
    const say = (conversationId: string, text: string) =>
      replicas().publish('message.created', { participants: [], text, conversationId });
    const texts = (client: SocketClient) => client.events().map(([, { text }]) => text);
    const clientIn = async (room: string, replica: number, user = randomUUID()) => {
      const client = await replicas().join(user, replica);
      await enter(client, room);
      return { client, user };
    };

    it('carry events to who is in them, on whichever replica, until they leave', async () => {
      const id = randomUUID();
      const room = `conversation:${id}`;
      const [one, other] = [await clientIn(room, 0), await clientIn(room, 1)];
      const outside = await replicas().join(randomUUID());
      await say(id, 'Hello');
      for (const { client } of [one, other]) {
        expect(await client.until('event')).toMatchObject({
          room,
          event: 'message.created',
          data: { text: 'Hello' },
          position: expect.stringMatching(/^\d/),
        });
      }
      one.client.send({ type: 'leave', room });
      expect(await one.client.until('left')).toEqual({ type: 'left', room });
      await say(id, 'Still there?');
      await eventually(() => texts(other.client).length === 2);
      expect([texts(one.client), texts(outside)]).toEqual([['Hello'], []]);
    });

    it('give who comes back what was said meanwhile, or say that it is gone', async () => {
      const id = randomUUID();
      const room = `conversation:${id}`;
      const { client, user } = await clientIn(room, 0);
      const { position } = client.of('joined')[0];
      client.socket.terminate();
      const witness = await clientIn(room, 0);
      // Events that are there at once may be handled at once, in any order.
      for (const [index, text] of ['one', 'two'].entries()) {
        await say(id, text);
        await eventually(() => texts(witness.client).length === index + 1);
      }
      const again = await replicas().join(user, 1);
      expect(await enter(again, room, position)).toMatchObject({ resumed: true });
      expect(texts(again)).toEqual(['one', 'two']);
      const late = await replicas().join(user, 1);
      expect(await enter(late, room, '1')).toMatchObject({ resumed: false });
      expect(late.of('gap')).toEqual([{ type: 'gap', room }]);
    });

    it('are closed to who may not join, and to who may no longer', async () => {
      const id = randomUUID();
      const room = `conversation:${id}`;
      const { client, user } = await clientIn(room, 0);
      replicas().barred.add(`${room} ${user}`);
      client.send({ type: 'authenticate', token: await tokenOf(user) });
      await eventually(() => client.of('left').length === 1);
      expect(client.of('left')).toEqual([{ type: 'left', room, code: 'forbidden' }]);
      for (const name of [room, 'nothing:1', 'conversation:broken', '__proto__:1'])
        client.send({ type: 'join', room: name });
      client.send({ type: 'typing', room });
      await eventually(() => client.of('error').length === 5);
      expect(
        client
          .of('error')
          .map(({ code }) => code)
          .sort(),
      ).toEqual(['forbidden', 'forbidden', 'not-joined', 'unavailable', 'unknown-message']);
      await say(id, 'secret');
      const witness = await clientIn(room, 0);
      await say(id, 'again');
      await eventually(() => texts(witness.client).includes('again'));
      expect(texts(client)).toEqual([]);
    });

    it('show who is writing to the others, once in a while, and keep nothing of it', async () => {
      const room = `conversation:${randomUUID()}`;
      const [one, other] = [await clientIn(room, 0), await clientIn(room, 1)];
      for (let key = 0; key < 20; key += 1) one.client.send({ type: 'typing', room });
      expect(await other.client.until('typing')).toEqual({ type: 'typing', room, userId: one.user });
      one.client.send({ type: 'leave', room });
      await one.client.until('left');
      expect([one.client.of('typing'), other.client.of('typing').length]).toEqual([[], 1]);
    });

    const presenceOf = (client: SocketClient, user: string) =>
      client
        .of('presence')
        .filter(({ userId }) => userId === user)
        .map(({ online }) => online);

    it('show who is there, and who goes; who is back soon was never away', async () => {
      const room = `conversation:${randomUUID()}`;
      const watcher = await clientIn(room, 0);
      const [near, far] = [await clientIn(room, 0), await clientIn(room, 1)];
      await eventually(() => presenceOf(watcher.client, near.user).length === 1);
      await eventually(() => presenceOf(watcher.client, far.user).length === 1);
      await eventually(() => presenceOf(far.client, watcher.user).length === 1);
      const late = await replicas().join(randomUUID(), 0);
      expect((await enter(late, room)).online).toEqual(
        expect.arrayContaining([watcher.user, near.user, far.user]),
      );
      far.client.socket.terminate();
      await clientIn(room, 0, far.user);
      near.client.socket.terminate();
      await eventually(() => presenceOf(watcher.client, near.user).length === 2);
      expect(presenceOf(watcher.client, near.user)).toEqual([true, false]);
      expect(presenceOf(watcher.client, far.user)).toEqual([true]);
    });

    it('of a user show whether that user is connected anywhere', async () => {
      const [friend, watcher] = [randomUUID(), await replicas().join(randomUUID(), 0)];
      const room = `user:${friend}`;
      expect((await enter(watcher, room)).online).toEqual([]);
      const phone = await replicas().join(friend, 1);
      await eventually(() => presenceOf(watcher, friend).length === 1);
      const laptop = await replicas().join(friend, 0);
      phone.socket.close();
      const late = await replicas().join(randomUUID(), 1);
      await enter(late, room);
      await eventually(() => late.of('joined')[0].online.includes(friend) || presenceOf(late, friend)[0]);
      laptop.socket.close();
      await eventually(() => presenceOf(watcher, friend).length === 2);
      expect(presenceOf(watcher, friend)).toEqual([true, false]);
    });
  });
}
