import { setTimeout as sleep } from 'node:timers/promises';

/** Exponential backoff with full jitter, in milliseconds. `attempt` counts from 1. */
export function backoff(
  attempt: number,
  { base, max }: { base: number; max: number },
  random = Math.random,
): number {
  const ceiling = Math.min(max, base * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Waits, or returns at once when the signal is aborted; never throws. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
