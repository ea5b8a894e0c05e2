import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { noContent } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import { type Follower, openPubSub } from '../../pubsub/index.ts';
import { defineService } from '../../service/definition.ts';
import { start } from '../../service/start.ts';
import { portOptions } from '../../testing/port-options.ts';
import { testIssuer } from '../../testing/tokens.ts';
import { createVerifier } from '../verifier.ts';
import { Audience } from './audience.ts';

it('an announcement resolves when the slowest instance refuses the tokens, and not before', async () => {
  const hub = new URL(`memory:${randomUUID()}`);
  /** What the slow instance is sent, and has not taken yet. */
  const held: (() => void)[] = [];
  const slow = {
    schemes: ['slow:'],
    async open(_: URL, options: ReturnType<typeof portOptions>) {
      const pubsub = await openPubSub(hub, options);
      const follow = (topic: string, follower: Follower) =>
        pubsub.follow(topic, {
          ...follower,
          receive: (...args) => void held.push(() => follower.receive(...args)),
        });
      return { ...pubsub, follow };
    },
  };
  const run = async (number: number, pubsub: URL) =>
    start(
      defineService({
        name: 'thing-service',
        version: '1.0.0',
        adapters: { pubsub: [slow] },
        routes: () => [route.post('/things', { responses: { 204: null }, handler: () => noContent() })],
      }),
      {
        env: { PUBSUB_URL: pubsub.href, INSTANCE_ID: `thing-service#${number}` },
        verifier: createVerifier({ ...(await testIssuer()), clock: systemClock }),
        log: portOptions().log,
        processMetrics: false,
      },
    );
  const [quick, late] = [await run(1, hub), await run(2, new URL('slow:'))];
  const id = randomUUID();
  const headers = { authorization: `Bearer ${await (await testIssuer()).tokenFor({ id })}` };
  const write = async ({ url }: { url: string }) =>
    (await fetch(`${url}/api/v1/things`, { method: 'POST', headers })).status;
  const announcer = quick.platform.revocations.announcer(() => undefined);
  const take = () => held.splice(0).forEach((receive) => receive());
  const first = announcer.announce([{ user: randomUUID(), until: Date.now() + 60_000 }]);
  await expect.poll(() => held.length).toBeGreaterThan(0);
  take();
  await first;
  take();

  let resolved = false;
  const announced = announcer.announce([{ user: id, until: Date.now() + 60_000 }]).then(() => {
    resolved = true;
  });
  await expect.poll(() => write(quick), { interval: 5 }).toBe(401);
  expect([resolved, await write(late)]).toEqual([false, 204]);
  take();
  await announced;
  expect(await write(late)).toBe(401);
  announcer.close();
  await Promise.all([quick.stop(), late.stop()]);
});

it('who is waited for: everybody who was heard of, until they have it, stop, or are silent for too long', async () => {
  const audience = new Audience();
  audience.heard({ instance: 'a', position: '5' });
  audience.heard({ instance: 'b', position: '' });
  audience.heard({ instance: 'c', position: '4' });
  const waiting = audience.all('5', 60_000);
  audience.heard({ instance: 'b', position: '6' });
  audience.heard({ instance: 'c' });
  expect([await waiting, await audience.all('6', 0), await audience.all('6', 0)]).toEqual([[], ['a'], []]);
  audience.heard({ instance: 'a', position: '6' });
  expect([audience.size, await audience.all('6', 60_000)]).toEqual([2, []]);
});
