import { expect, it } from 'vitest';
import { openMemoryPubSub } from '../../pubsub/memory.ts';
import { portOptions } from '../../testing/index.ts';
import { PRESENCE_TIMES } from './presence.ts';
import { Room } from './room.ts';

it('that could not be opened while the pub/sub was away opens for who comes next', async () => {
  const pubsub = openMemoryPubSub(new URL('memory:room'), portOptions());
  let isAway = true;
  const room = new Room({
    name: 'user:ada',
    replica: 'this',
    times: PRESENCE_TIMES,
    pubsub: {
      ...pubsub,
      subscribe: async (...args) => {
        if (isAway) throw new Error('away');
        return pubsub.subscribe(...args);
      },
    },
  });
  // Her first socket is still being closed when the second one comes.
  room.appear('ada', false);
  await expect(room.open()).rejects.toThrow('away');
  isAway = false;
  await room.open();
  await room.close();
  await pubsub.close();
});
