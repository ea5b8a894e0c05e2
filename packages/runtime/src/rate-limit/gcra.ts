import type { Decision, Limit } from './port.ts';

/**
 * The generic cell rate algorithm: of each key one instant is kept, at which its allowance would be full again
 * (theoretical arrival time). It is a token bucket without a timer. All times in seconds.
 */
export function decide(
  fullAt: number,
  now: number,
  { rate, burst }: Limit,
): Decision & { readonly fullAt: number } {
  const interval = 1 / rate;
  const next = Math.max(fullAt, now) + interval;
  const wait = next - burst * interval - now;
  if (wait > rounded({ rate, burst }) * interval)
    return { allowed: false, remaining: 0, retryAfter: wait, fullAt };
  return { allowed: true, remaining: remaining(next, now, { rate, burst }), retryAfter: 0, fullAt: next };
}

export function remaining(fullAt: number, now: number, { rate, burst }: Limit): number {
  return Math.max(0, Math.floor(burst - (fullAt - now) * rate + 1e-6 + rounded({ rate, burst })));
}

/** Of a number of seconds since 1970, as JavaScript has it. */
const PRECISION = 2 ** -22;

/** By how many requests a sum may be wrong: every one that it consists of was rounded, and all of them in the same direction. */
const rounded = ({ rate, burst }: Limit): number => Math.min(0.5, burst * PRECISION * rate);
