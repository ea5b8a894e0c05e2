import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { type Entry, Followers } from './followers.ts';
import { isAfter, isPosition } from './position.ts';

it.each([
  ['2', '1', true],
  ['10', '9', true],
  ['9', '10', false],
  ['1', '1', false],
  ['5-1', '5-0', true],
  ['5-10', '5-9', true],
  ['6-0', '5-9', true],
  ['5-9', '6-0', false],
])('is %s after %s? %s', (position, other, expected) => {
  expect(isAfter(position, other)).toBe(expected);
});

it.each(['', '-1', '1-', '01', '1-2-3', '1 OR 1', '9'.repeat(19)])('is no position: "%s"', (text) => {
  expect(isPosition(text)).toBe(false);
});

describe('a follower whose line is interrupted', () => {
  /** Positions that the server has; what is read waits for `answer`. */
  let stored: number[];
  let asked: { after: number; answer: () => void; fail: () => void }[];
  let followers: Followers;
  let heard: unknown[];
  let gaps: number;
  const entry = (position: number): Entry => ({ position: String(position), message: position });
  const announce = (position: number) => followers.receive('topic', position, String(position));
  const nextRead = async () => {
    await expect.poll(() => asked.length, { interval: 1 }).toBeGreaterThan(0);
    return asked.shift() as (typeof asked)[number];
  };
  /** Somebody who comes back, and has heard the first message. */
  const resume = (late: unknown[]) => {
    const keep = { count: 10, seconds: 10 };
    return followers.follow('topic', { keep, after: '1', receive: (message) => late.push(message) });
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(async () => {
    [stored, asked, heard, gaps] = [[1], [], [], 0];
    const log = {
      read: (_: string, text: string, limit: number) => {
        const after = Number(text);
        // What is there when it is asked, whenever the answer comes.
        const found = stored.filter((position) => position > after).slice(0, limit);
        const known = stored.includes(after);
        return new Promise<readonly Entry[] | undefined>((resolve, reject) => {
          const answer = () => resolve(known ? found.map(entry) : undefined);
          asked.push({ after, answer, fail: () => reject(new Error('away')) });
        });
      },
      head: async () => String(stored.at(-1)),
      renew: async () => undefined,
    };
    const nothing = async () => undefined;
    followers = new Followers(log, { listen: nothing, leave: nothing }, portOptions().log);
    await followers.follow('topic', {
      keep: { count: 10, seconds: 10 },
      receive: (message) => heard.push(message),
      gap: () => (gaps += 1),
    });
  });
  afterEach(() => followers.close());

  it('hears what it missed before what comes', async () => {
    followers.interrupted();
    stored.push(2, 3);
    followers.back();
    announce(3);
    stored.push(4);
    announce(4);
    expect(heard).toEqual([]);
    (await nextRead()).answer();
    await expect.poll(() => heard).toEqual([2, 3, 4]);
    announce(5);
    expect(heard).toEqual([2, 3, 4, 5]);
  });

  it('is read for again when the line is interrupted once more meanwhile', async () => {
    followers.interrupted();
    stored.push(2);
    followers.back();
    const first = await nextRead();
    followers.interrupted();
    stored.push(3, 4);
    followers.back();
    stored.push(5);
    announce(5);
    first.answer();
    await expect.poll(() => heard).toEqual([2]);
    (await nextRead()).answer();
    await expect.poll(() => heard).toEqual([2, 3, 4, 5]);
  });

  it('takes nothing from the new line before it is known that all of it is listened to', async () => {
    followers.interrupted();
    stored.push(2, 3);
    announce(3);
    expect(heard).toEqual([]);
    followers.back();
    (await nextRead()).answer();
    await expect.poll(() => heard).toEqual([2, 3]);
  });

  it('does not join the new line while that is still made, when it was being read for', async () => {
    followers.interrupted();
    stored.push(2);
    followers.back();
    const first = await nextRead();
    followers.interrupted();
    first.answer();
    await expect.poll(() => heard).toEqual([2]);
    stored.push(3, 4);
    announce(4);
    expect(heard).toEqual([2]);
    followers.back();
    (await nextRead()).answer();
    await expect.poll(() => heard).toEqual([2, 3, 4]);
  });

  it('does not join the new line while that is still made, when it came only then', async () => {
    followers.interrupted();
    const late: unknown[] = [];
    const coming = resume(late);
    (await nextRead()).answer();
    await coming;
    stored.push(2, 3);
    announce(3);
    expect(late).toEqual([]);
    followers.back();
    (await nextRead()).answer();
    (await nextRead()).answer();
    await expect.poll(() => late).toEqual([2, 3]);
    expect(heard).toEqual([2, 3]);
  });

  it('hears nothing any more once it has left, not even what waited', async () => {
    const late: unknown[] = [];
    const coming = resume(late);
    (await nextRead()).answer();
    const following = await coming;
    followers.missed('topic');
    const missed = [await nextRead(), await nextRead()];
    stored.push(2);
    announce(2);
    await following.end();
    for (const read of missed) read.answer();
    await expect.poll(() => heard).toEqual([2]);
    expect(late).toEqual([]);
  });

  it('is read for until the server answers', async () => {
    followers.interrupted();
    stored.push(2);
    followers.back();
    (await nextRead()).fail();
    (await nextRead()).fail();
    (await nextRead()).answer();
    await expect.poll(() => heard).toEqual([2]);
  });

  it('reads again, rather than collect without an end', async () => {
    followers.interrupted();
    followers.back();
    const first = await nextRead();
    for (let position = 2; position <= 2_000; position += 1) {
      stored.push(position);
      announce(position);
    }
    first.answer();
    // What waited was let go of.
    (await nextRead()).answer();
    const pages = setInterval(() => asked.shift()?.answer(), 1);
    await expect.poll(() => heard.length).toBe(1_999);
    clearInterval(pages);
    expect(heard).toEqual(stored.slice(1));
  });

  it('is told when the server has lost where it was, and goes on', async () => {
    followers.interrupted();
    stored = [7];
    followers.back();
    (await nextRead()).answer();
    await expect.poll(() => gaps).toBe(1);
    (await nextRead()).answer();
    await settled();
    announce(8);
    await expect.poll(() => heard).toEqual([8]);
  });
});
