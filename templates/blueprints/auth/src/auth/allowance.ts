/**
 * How many guesses are left: the generic cell rate algorithm, as the rate limits of the runtime count. `fullAt` is when the
 * allowance will be whole again; for one that was never used, or long ago, that is in the past.
 */
export interface Allowance {
  /** Guesses that may come at once after a pause. */
  readonly burst: number;
  /** Seconds until one comes back. */
  readonly every: number;
}

export interface Asked {
  readonly allowance: Allowance;
  /** Epoch milliseconds; undefined: whole. */
  readonly fullAt: number | undefined;
}

export type Decision =
  | { readonly allowed: true /** One for each that was asked. */; readonly fullAt: readonly number[] }
  | { readonly allowed: false /** Seconds until all of them have one. */; readonly retryAfter: number };

/** One guess has to fit into all of them; when it does not, nothing is taken from any. @param now Epoch milliseconds. */
export function decide(asked: readonly Asked[], now: number): Decision {
  const next = asked.map(({ allowance: { every }, fullAt = 0 }) => Math.max(now, fullAt) + every * 1_000);
  const waits = asked.map(
    ({ allowance: { burst, every } }, index) => (next[index] as number) - burst * every * 1_000 - now,
  );
  const longest = Math.max(0, ...waits);
  return longest > 0
    ? { allowed: false, retryAfter: Math.ceil(longest / 1_000) }
    : { allowed: true, fullAt: next };
}
