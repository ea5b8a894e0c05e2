import { expect, it } from 'vitest';
import { createGate } from '../src/auth/gate.ts';

it('runs so many at once, lets so many wait, refuses the rest, and is free again afterwards', async () => {
  const gate = createGate({ running: 2, waiting: 3 });
  const ends: (() => void)[] = [];
  let most = 0;
  const work = async (): Promise<string> => {
    most = Math.max(most, ends.length + 1);
    await new Promise<void>((resolve) => ends.push(resolve));
    return 'done';
  };
  const all = Promise.allSettled(Array.from({ length: 6 }, () => gate.run(work)));
  for (let ended = 0; ended < 5; ended += 1) {
    await new Promise(setImmediate);
    expect(ends.length).toBeLessThanOrEqual(2);
    ends.shift()?.();
  }
  const outcomes = await all;
  expect(most).toBe(2);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(outcomes[5]).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'busy' } });
  expect(await gate.run(() => Promise.resolve('free'))).toBe('free');
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(() => Promise.resolve('still free'))).toBe('still free');
});
