import type { Clock } from '../clock.ts';
import { decide } from './gcra.ts';
import type { RateLimitAdapter } from './port.ts';

const SWEEP_EVERY = 10_000;

/** For one process: replicas each count for themselves. */
export function openMemoryRateLimit(clock: Clock): RateLimitAdapter {
  const full = new Map<string, number>();
  let takes = 0;
  return {
    async take(key, limit) {
      const now = clock.now() / 1_000;
      takes += 1;
      // Whose allowance is full again is as good as unknown.
      if (takes % SWEEP_EVERY === 0) for (const [name, at] of full) if (at <= now) full.delete(name);
      const { fullAt, ...decision } = decide(full.get(key) ?? 0, now, limit);
      full.set(key, fullAt);
      return decision;
    },
    async close() {
      full.clear();
    },
  };
}
