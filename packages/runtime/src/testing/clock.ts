import type { Clock } from '../clock.ts';

/** A clock that only tests move. */
export interface FakeClock extends Clock {
  advance(milliseconds: number): void;
  /** @param instant ISO 8601, or epoch milliseconds. */
  set(instant: string | number): void;
}

/**
 * Stands still until it is moved. Tokens, `createdAt` and `updatedAt`, `occurredAt` of events, and caches and limits in memory go
 * by it. Timers, deadlines of requests and what a server measures by its own clock (leases, retries, entries in Redis or
 * PostgreSQL) do not.
 * @param start Default: now, so that tokens and databases agree with it.
 */
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
