/** What every pub/sub adapter must do with what is kept. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { type Follower, type Following, isAfter, openPubSub, type PubSub } from './index.ts';

export const KEEP = { count: 10_000, seconds: 600 };

/** A follower that remembers. */
export async function follow(
  member: PubSub,
  topic: string,
  options: Partial<Follower> = {},
): Promise<{ heard: unknown[]; positions: (string | undefined)[]; gaps: number; following: Following }> {
  const log = { heard: [] as unknown[], positions: [] as (string | undefined)[], gaps: 0 };
  const following = await member.follow(topic, {
    keep: KEEP,
    receive: (message, position) => {
      log.heard.push(message);
      log.positions.push(position);
    },
    gap: () => (log.gaps += 1),
    ...options,
  });
  return Object.assign(log, { following });
}

/** What following a kept topic must do over every pub/sub. @param url Of the server. */
export function testKeptTopics(name: string, url: () => URL): void {
  describe(`kept topics on ${name}`, () => {
    let members: [PubSub, PubSub];
    beforeAll(async () => {
      members = [await openPubSub(url(), portOptions()), await openPubSub(url(), portOptions())];
    });
    afterAll(() => Promise.all(members.map((member) => member.close())));
    const append = (topic: string, message: unknown, id?: string) =>
      members[0].append(topic, message, KEEP, id);

    it('reach followers and subscribers everywhere, with ascending positions; what is not kept has none', async () => {
      const topic = `Böoking/${randomUUID()}/${'long'.repeat(30)}`;
      const [own, other] = [await follow(members[0], topic), await follow(members[1], topic)];
      const subscribed: unknown[] = [];
      await members[1].subscribe(topic, (message) => subscribed.push(message));
      const messages = [{ text: 'Ü “x”' }, null, '@1-0 x', 'x'.repeat(20_000), 'ö'.repeat(300_000), 0];
      const positions = [];
      for (const message of messages) positions.push(await append(topic, message));
      await members[0].publish(topic, 'by the way');
      for (const heard of [own.heard, other.heard, subscribed])
        await expect.poll(() => heard).toEqual([...messages, 'by the way']);
      expect(own.positions).toEqual([...positions, undefined]);
      for (const [index, position] of positions.slice(1).entries())
        expect(isAfter(position, positions[index] as string)).toBe(true);
      expect(other.following.position).toBe(positions.at(-1));
    });

    it('give a follower that asks for the oldest all that is kept, and go on from there', async () => {
      const topic = randomUUID();
      const early = await follow(members[1], topic, { oldest: true });
      expect([early.following.position, early.following.current]).toEqual(['', true]);
      for (let message = 1; message <= 120; message++) await append(topic, message);
      const late = await follow(members[1], topic, { oldest: true });
      expect(late.heard).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
      await append(topic, 121);
      for (const { heard } of [early, late]) await expect.poll(() => heard.length).toBe(121);
      expect([late.gaps, early.gaps, late.following.position]).toEqual([0, 0, early.following.position]);
    });

    it('give a follower what it missed, and go on from there', async () => {
      const topic = randomUUID();
      const before = await follow(members[1], topic);
      await append(topic, 1);
      await expect.poll(() => before.heard).toEqual([1]);
      await before.following.end();
      const { position } = before.following;
      await Promise.all(Array.from({ length: 199 }, (_, index) => append(topic, index + 2)));
      const [again, elsewhere] = [
        await follow(members[1], topic, { after: position }),
        await follow(members[0], topic, { after: position }),
      ];
      await append(topic, 201);
      const expected = Array.from({ length: 200 }, (_, index) => index + 2);
      await expect.poll(() => again.heard).toEqual(expected);
      await expect.poll(() => elsewhere.heard).toEqual(expected);
      expect([before.heard, again.gaps, elsewhere.gaps]).toEqual([[1], 0, 0]);
    });

    it('have a position before anything was appended', async () => {
      const topic = randomUUID();
      const first = await follow(members[0], topic);
      await first.following.end();
      await append(topic, 'missed');
      const second = await follow(members[1], topic, { after: first.following.position });
      expect([second.heard, second.gaps]).toEqual([['missed'], 0]);
    });

    it('give everybody the same order without a gap or a repeat, whoever appends and whenever they come', async () => {
      const topic = randomUUID();
      const total = 400;
      const { position: after } = (await follow(members[0], topic)).following;
      const witness = await follow(members[1], topic);
      const appending = members.map(async (member, half) => {
        for (let number = half; number < total; number += 20)
          await Promise.all(
            Array.from({ length: 10 }, (_, index) => member.append(topic, number + index * 2, KEEP)),
          );
      });
      const late: Awaited<ReturnType<typeof follow>>[] = [];
      for (let count = 0; count < 12; count += 1) {
        await expect.poll(() => witness.heard.length, { interval: 1 }).toBeGreaterThan(count * 25);
        late.push(await follow(members[count % 2] as PubSub, topic, { after }));
      }
      await Promise.all(appending);
      for (const follower of [witness, ...late]) await expect.poll(() => follower.heard.length).toBe(total);
      expect(new Set(witness.heard).size).toBe(total);
      for (const follower of late) expect(follower.heard).toEqual(witness.heard);
    });

    it('take a message once, however often it is sent with the same id', async () => {
      const topic = randomUUID();
      const follower = await follow(members[1], topic);
      const position = await append(topic, 'once', 'a');
      expect(await append(topic, 'once', 'a')).toBe(position);
      await append(randomUUID(), 'on another topic', 'a');
      await append(topic, 'twice', 'b');
      await expect.poll(() => follower.heard).toEqual(['once', 'twice']);
    });

    it('take a message once, also when it came so long ago that it is not kept any more', async () => {
      const topic = randomUUID();
      const keep = { count: 10, seconds: 600 };
      const heard: unknown[] = [];
      await members[1].subscribe(topic, (message) => heard.push(message));
      const position = await members[0].append(topic, 'once', keep, 'a');
      for (let page = 0; page < 4; page += 1)
        await Promise.all(
          Array.from({ length: 50 }, (_, at) => members[0].append(topic, 'other', keep, `${page} ${at}`)),
        );
      expect((await follow(members[1], topic, { keep, after: position })).gaps).toBe(1);
      expect(await members[1].append(topic, 'once', keep, 'a')).toBe(position);
      await members[1].append(topic, 'last', keep);
      await expect.poll(() => heard).toContain('last');
      expect(heard.filter((message) => message === 'once')).toHaveLength(1);
    });

    it('say that something is missing when they do not reach back so far, and go on', async () => {
      const topic = randomUUID();
      const keep = { count: 10, seconds: 600 };
      const position = await members[0].append(topic, 0, keep);
      await Promise.all(Array.from({ length: 400 }, (_, number) => members[0].append(topic, number, keep)));
      for (const after of [position, '1', '99999999999999-1', 'nonsense', '-1', '9'.repeat(40)]) {
        const late = await follow(members[1], topic, { keep, after });
        expect([late.gaps, late.heard], after).toEqual([1, []]);
        await late.following.end();
      }
      const late = await follow(members[1], topic, { keep, after: position });
      await members[0].append(topic, 'next', keep);
      await expect.poll(() => late.heard).toEqual(['next']);
    });

    it('wait for a follower that takes its time with the past', async () => {
      const topic = randomUUID();
      const after = await append(topic, 0);
      for (let number = 1; number < 5; number += 1) await append(topic, number);
      const { promise: rest, resolve: free } = Promise.withResolvers<void>();
      const heard: unknown[] = [];
      const slow = members[1].follow(topic, {
        keep: KEEP,
        after,
        receive: (message) => heard.push(message),
        pace: () => (heard.length === 2 ? rest : undefined),
      });
      await expect.poll(() => heard.length).toBe(2);
      await append(topic, 5);
      expect(heard).toHaveLength(2);
      free();
      await slow;
      await expect.poll(() => heard).toEqual([1, 2, 3, 4, 5]);
    });
  });
}
