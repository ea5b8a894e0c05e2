/** What was acknowledged reaches every follower once, whatever happens to the server and to the line meanwhile. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { portOptions } from '../../testing/port-options.ts';
import { openPubSub, type PubSub } from '../index.ts';
import { follow, KEEP } from '../kept-conformance.ts';

export interface Interruption {
  /** `its server was killed` */
  readonly name: string;
  /** Done in the middle of the traffic; what it undoes is over when it resolves. */
  readonly happen: () => Promise<unknown>;
  readonly times: number;
}

/** @param url Of the server, by whatever line the interruptions cut. */
export function testInterruptions(
  name: string,
  url: () => URL,
  interruptions: readonly Interruption[],
  total = 2_000,
): void {
  it.each(interruptions)(`loses and repeats nothing on ${name} when $name`, async ({ happen, times }) => {
    const topic = randomUUID();
    const open = () => openPubSub(url(), portOptions());
    const [publisher, ...members] = await Promise.all([open(), open(), open()]);
    const staying = await Promise.all(members.map((member) => follow(member, topic)));
    const moving = mover(members, topic, staying[0]?.following.position as string);
    let acknowledged = 0;
    let again = 0;
    const append = async (number: number): Promise<void> => {
      for (;;) {
        try {
          await publisher.append(topic, number, KEEP, `message ${number}`);
          acknowledged += 1;
          return;
        } catch {
          again += 1;
          await pause(10);
        }
      }
    };
    const appending = (async () => {
      for (let number = 0; number < total; number += 8)
        await Promise.all(Array.from({ length: 8 }, (_, index) => append(number + index)));
    })();
    for (let time = 1; time <= times; time += 1) {
      const goal = (total * time) / (times + 1);
      await expect.poll(() => acknowledged, { timeout: 60_000, interval: 5 }).toBeGreaterThan(goal);
      await happen();
    }
    await appending;
    const complete = [...staying.map(({ heard }) => heard), moving.heard];
    for (const heard of complete)
      await expect.poll(() => new Set(heard).size, { timeout: 20_000 }).toBe(total);
    await moving.stop();
    await Promise.all([publisher, ...members].map((member) => member.close()));
    const heard = complete.map((messages) => messages.length);
    const report = {
      interruptions: times,
      sent: total,
      again,
      acknowledged,
      delivered: heard,
      duplicated: heard.map((count, index) => count - new Set(complete[index]).size),
      lost: complete.map((messages) => total - new Set(messages).size),
      gaps: [...staying.map(({ gaps }) => gaps), moving.gaps()],
      moves: moving.moves(),
    };
    console.log(`${name}: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({
      acknowledged: total,
      duplicated: [0, 0, 0],
      lost: [0, 0, 0],
      gaps: [0, 0, 0],
    });
    expect(complete[1]).toEqual(complete[0]);
    expect(complete[2]).toEqual(complete[0]);
  });
}

/** A follower that leaves all the time, and comes back where it was, on another member. */
function mover(members: readonly PubSub[], topic: string, start: string) {
  const heard: unknown[] = [];
  let [running, gaps, moves] = [true, 0, 0];
  const moving = (async () => {
    for (let after = start; running; moves += 1) {
      try {
        const following = await (members[moves % members.length] as PubSub).follow(topic, {
          keep: KEEP,
          after,
          receive(message, position = after) {
            heard.push(message);
            after = position;
          },
          gap: () => (gaps += 1),
        });
        await pause(20);
        await following.end();
      } catch {
        await pause(20);
      }
    }
  })();
  const stop = () => {
    running = false;
    return moving;
  };
  return { heard, stop, gaps: () => gaps, moves: () => moves };
}
