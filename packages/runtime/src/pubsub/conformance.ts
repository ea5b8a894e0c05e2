/** What every pub/sub adapter must pass. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapters } from '../adapters.ts';
import { type Context, currentContext, runInContext } from '../context.ts';
import { portOptions } from '../testing/port-options.ts';
import { openPubSub, type PubSub } from './index.ts';

/** A request that begins to listen, and is over. */
const FIRST: Context = {
  requestId: 'the first',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: '00',
  deadline: undefined,
  signal: undefined,
  authorization: undefined,
};

/** @param adapters For a URL that no built-in adapter opens. */
export function testPubSub(name: string, url: () => URL, adapters?: Adapters): void {
  describe(`${name} as pub/sub`, () => {
    let members: [PubSub, PubSub];
    beforeAll(async () => {
      members = [
        await openPubSub(url(), portOptions(undefined, adapters)),
        await openPubSub(url(), portOptions(undefined, adapters)),
      ];
    });
    afterAll(() => Promise.all(members.map((member) => member.close())));
    const record = async (member: PubSub, topic: string) => {
      const heard: unknown[] = [];
      const stop = await member.subscribe(topic, (message) => heard.push(message));
      return { heard, stop };
    };

    it('reaches every member, the sender too, in order, and nobody on another topic', async () => {
      const topic = `Böoking/${randomUUID()}/${'long'.repeat(30)}`;
      const own = await record(members[0], topic);
      const other = await record(members[1], topic);
      const elsewhere = await record(members[1], randomUUID());
      const messages = [{ text: 'Ü “x”' }, null, [1, 2], 'x'.repeat(20_000), 'after', 'ö'.repeat(300_000), 0];
      for (const message of messages) await members[0].publish(topic, message);
      await expect.poll(() => other.heard).toEqual(messages);
      await expect.poll(() => own.heard).toEqual(messages);
      expect(elsewhere.heard).toEqual([]);
    });

    it('reaches all subscribers of a process, except who left or throws', async () => {
      const topic = randomUUID();
      await members[0].subscribe(topic, () => {
        throw new Error('no');
      });
      const leaving = await record(members[0], topic);
      const staying = await record(members[0], topic);
      await leaving.stop();
      await members[1].publish(topic, 'still here?');
      await expect.poll(() => staying.heard).toEqual(['still here?']);
      expect(leaving.heard).toEqual([]);
    });

    it('tells what it hears in nobody’s name, whoever began to listen', async () => {
      const topic = randomUUID();
      const member = await openPubSub(url(), portOptions(undefined, adapters));
      const names: (string | undefined)[] = [];
      await runInContext(FIRST, () =>
        member.subscribe(topic, () => names.push(currentContext()?.requestId ?? 'nobody')),
      );
      await members[0].publish(topic, 'hello');
      await expect.poll(() => names).toEqual(['nobody']);
      await member.close();
    });
  });
}
