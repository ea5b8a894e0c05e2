import type { Clock } from '../clock.ts';

export interface FakeClock extends Clock {
  advance(milliseconds: number): void;
  set(instant: string | number): void;
}

/** Stands still until it is moved. @param start Default: now, so that tokens and databases agree with it. */
export function fakeClock(start: string | number = Date.now()): FakeClock {
  let current = new Date(start).getTime();
  return {
    now: () => current,
    advance(milliseconds) {
      current += milliseconds;
    },
    set(instant) {
      current = new Date(instant).getTime();
    },
  };
}
