/** Bounds how much of something runs at once, and how much may wait for it; what is beyond that is refused at once. */
import { unavailable } from '@hometrip/runtime';

export interface Gate {
  /** @throws ProblemError 503 when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate({ running, waiting }: { running: number; waiting: number }): Gate {
  const queue: (() => void)[] = [];
  let active = 0;
  return {
    async run(work) {
      if (active >= running) {
        if (queue.length >= waiting) throw unavailable('Too many people sign in at this moment.', 1, 'busy');
        // What ends hands its place on, so `active` stays as it is.
        await new Promise<void>((resolve) => queue.push(resolve));
      } else active += 1;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) active -= 1;
        else next();
      }
    },
  };
}
