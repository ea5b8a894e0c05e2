/** What every event bus adapter must pass, against a real server. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { BusAdapter, BusMessage, Delivery, Settlement } from './port.ts';

/** @param open A new connection of the named instance to one and the same bus; leases end after about a second. */
export function testBusAdapter(name: string, open: (instance: string) => Promise<BusAdapter>): void {
  describe(`${name} as an event bus`, () => {
    const opened: BusAdapter[] = [];
    const connect = async (instance = `test#${randomUUID()}`) => {
      const bus = await open(instance);
      opened.push(bus);
      return bus;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });

    const message = (event: string, payload: unknown = {}): BusMessage => ({
      id: randomUUID(),
      name: event,
      source: 'test',
      payload,
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      occurredAt: '2026-07-01T10:00:00.000Z',
    });
    const unique = (word: string) => `${word}.${randomUUID()}`;
    const recorder = (settle: (delivery: Delivery) => Settlement = () => ({ kind: 'done' })) => {
      const seen: Delivery[] = [];
      const handle = async (delivery: Delivery) => {
        seen.push(delivery);
        return settle(delivery);
      };
      return { seen, handle };
    };

    it('delivers a message as it was published, to each group once', async () => {
      const bus = await connect();
      const event = unique('e');
      const [a, b] = [recorder(), recorder()];
      await bus.subscribe({ group: unique('a'), events: [event], concurrency: 2 }, a.handle);
      await bus.subscribe({ group: unique('b'), events: [event], concurrency: 2 }, b.handle);
      const sent = message(event, { title: 'Ünïcode', nested: { nightPrice: [1, null] } });
      await bus.publish([sent, message(unique('other'))]);
      await expect
        .poll(() => [a.seen, b.seen])
        .toEqual([[{ message: sent, attempt: 1 }], [{ message: sent, attempt: 1 }]]);
    });

    it('shares the work between the members of a group', async () => {
      const event = unique('e');
      const group = unique('g');
      const members = await Promise.all([1, 2, 3].map(async () => ({ bus: await connect(), ...recorder() })));
      for (const { bus, handle } of members)
        await bus.subscribe({ group, events: [event], concurrency: 1 }, handle);
      const sent = Array.from({ length: 60 }, () => message(event));
      for (const item of sent) await (await connectOnce()).publish([item]);
      const received = () =>
        members.flatMap(({ seen }) => seen.map((delivery) => delivery.message.id)).sort();
      await expect.poll(received, { timeout: 10_000 }).toEqual(sent.map(({ id }) => id).sort());
    });
    let publisher: BusAdapter | undefined;
    const connectOnce = async () => {
      if (publisher === undefined || !opened.includes(publisher)) publisher = await connect();
      return publisher;
    };

    it('keeps the order of one publisher', async () => {
      const bus = await connect();
      const event = unique('e');
      const { seen, handle } = recorder();
      await bus.subscribe({ group: unique('g'), events: [event], concurrency: 1 }, handle);
      const numbers = Array.from({ length: 100 }, (_, index) => index);
      for (let index = 0; index < 100; index += 10) {
        await bus.publish(numbers.slice(index, index + 10).map((number) => message(event, { number })));
      }
      await expect
        .poll(() => seen.map(({ message: { payload } }) => (payload as { number: number }).number))
        .toEqual(numbers);
    });

    it('keeps messages for a group that is away', async () => {
      const bus = await connect();
      const subscription = { group: unique('g'), events: [unique('e')], concurrency: 1 };
      const { seen, handle } = recorder();
      await (await bus.subscribe(subscription, handle)).stop();
      await bus.publish([message(subscription.events[0] ?? '')]);
      expect(await bus.lag(subscription.group)).toMatchObject({ waiting: 1, dead: 0 });
      await bus.subscribe(subscription, handle);
      await expect.poll(() => seen.length).toBe(1);
      await expect.poll(() => bus.lag(subscription.group)).toEqual({ waiting: 0, seconds: 0, dead: 0 });
    });

    it('gives up events that the group asks for no more', async () => {
      const bus = await connect();
      const [group, kept, dropped] = [unique('g'), unique('e'), unique('e')];
      const { seen, handle } = recorder();
      await (await bus.subscribe({ group, events: [dropped, kept], concurrency: 1 }, handle)).stop();
      await bus.subscribe({ group, events: [kept], concurrency: 1 }, handle);
      await bus.publish([message(dropped), message(kept)]);
      await expect.poll(() => seen.map((delivery) => delivery.message.name)).toEqual([kept]);
      await expect.poll(() => bus.lag(group)).toEqual({ waiting: 0, seconds: 0, dead: 0 });
    });

    it('ignores a message that was published before', async () => {
      const bus = await connect();
      const event = unique('e');
      const { seen, handle } = recorder();
      await bus.subscribe({ group: unique('g'), events: [event], concurrency: 1 }, handle);
      const [first, last] = [message(event), message(event)];
      await bus.publish([first]);
      await bus.publish([first, last]);
      await expect.poll(() => seen.map((delivery) => delivery.message.id)).toEqual([first.id, last.id]);
    });

    it('delivers again what is to be retried, and counts the attempts', async () => {
      const bus = await connect();
      const event = unique('e');
      const { seen, handle } = recorder(({ attempt }) =>
        attempt < 3 ? { kind: 'retry', delayMs: 10, reason: 'not yet' } : { kind: 'done' },
      );
      await bus.subscribe({ group: unique('g'), events: [event], concurrency: 1 }, handle);
      await bus.publish([message(event)]);
      await expect.poll(() => seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    });

    it('puts dead letters aside with their reason, and replays them', async () => {
      const bus = await connect();
      const subscription = { group: unique('g'), events: [unique('e')], concurrency: 1 };
      let broken = true;
      const { seen, handle } = recorder(() =>
        broken ? { kind: 'dead', reason: 'no such booking' } : { kind: 'done' },
      );
      await bus.subscribe(subscription, handle);
      const sent = message(subscription.events[0] ?? '', { bookingId: 7 });
      await bus.publish([sent]);
      await expect
        .poll(() => bus.deadLetters(subscription.group, 10))
        .toMatchObject([{ message: sent, reason: 'no such booking', attempts: 1 }]);
      broken = false;
      expect(await bus.replay(subscription.group, [randomUUID()])).toBe(0);
      expect(await bus.replay(subscription.group, [sent.id])).toBe(1);
      await expect.poll(() => seen.map(({ attempt }) => attempt)).toEqual([1, 1]);
      expect(await bus.deadLetters(subscription.group, 10)).toEqual([]);
    });

    it('lets running handlers finish when it stops, and gives back what was not begun', async () => {
      const subscription = { group: unique('g'), events: [unique('e')], concurrency: 1 };
      const [leaving, staying] = [await connect(), await connect()];
      const done: string[] = [];
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const subscriber = await leaving.subscribe(subscription, async ({ message: { id } }) => {
        await released;
        done.push(id);
        return { kind: 'done' };
      });
      const sent = Array.from({ length: 3 }, () => message(subscription.events[0] ?? ''));
      await leaving.publish(sent);
      await expect.poll(() => leaving.lag(subscription.group)).toMatchObject({ waiting: 3 });
      const stopped = subscriber.stop();
      const { seen, handle } = recorder();
      await staying.subscribe(subscription, handle);
      release();
      await stopped;
      await expect
        .poll(() => [...done, ...seen.map((delivery) => delivery.message.id)].sort())
        .toEqual(sent.map(({ id }) => id).sort());
      await expect.poll(() => staying.lag(subscription.group)).toMatchObject({ waiting: 0 });
    });
  });
}
