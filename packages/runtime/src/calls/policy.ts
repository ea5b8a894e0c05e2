import { type Bounds, callBounds } from '../bounds.ts';

/** How calls to one service behave. Everything has a default; a service declares what differs, by target. */
export interface CallPolicy {
  /** For all attempts together, in milliseconds; a call may say otherwise, and a shorter deadline of the request at hand wins. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** At most; only what is safe to repeat is repeated. Default 3. */
  readonly attempts?: number | undefined;
  /**
   * What is safe to repeat, and has no answer after so many milliseconds, is asked of a second instance too, within the budget of
   * retries; the first answer counts. A little more than most calls take, such as their p95. Default: never.
   */
  readonly hedgeAfterMs?: number | undefined;
  /**
   * When so many calls fail, the next ones are refused at once, and a single one finds out whether the target is well again.
   * A failure is a missing answer, or 502, 503 or 504, after all attempts. `false`: never.
   */
  readonly breaker?: BreakerPolicy | false | undefined;
  /** Calls under way at once, so that one slow target does not take every request hostage. `false`: no limit. */
  readonly bulkhead?: BulkheadPolicy | false | undefined;
}

/** When calls to a service stop for a moment. */
export interface BreakerPolicy {
  /** Share of failed calls that opens it, between 0 and 1. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Milliseconds that are looked back upon. Default 10,000. */
  readonly windowMs?: number | undefined;
  /** Calls that the window must hold before it says anything. Default 10. */
  readonly minimumCalls?: number | undefined;
  /** Milliseconds until the first look, doubled with every look that fails. Default 500. */
  readonly openMs?: number | undefined;
  /** Milliseconds that it doubles up to. Default 10,000. */
  readonly maxOpenMs?: number | undefined;
}

/** How many calls to a service may be under way. */
export interface BulkheadPolicy {
  /** Default 100. */
  readonly concurrent?: number | undefined;
  /** How many more may wait for their turn. Default 200. */
  readonly queued?: number | undefined;
}

type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

export interface ResolvedPolicy {
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly hedgeAfterMs: number | undefined;
  readonly breaker: Complete<BreakerPolicy> | false;
  readonly bulkhead: Complete<BulkheadPolicy> | false;
}

/** @throws TypeError when a number is none that makes sense. */
export function resolvePolicy(policy: CallPolicy = {}): ResolvedPolicy {
  const { breaker = {}, bulkhead = {}, hedgeAfterMs } = policy;
  if (hedgeAfterMs !== undefined) given('hedgeAfterMs', hedgeAfterMs);
  return {
    timeoutMs: given('timeoutMs', policy.timeoutMs),
    attempts: given('attempts', policy.attempts),
    hedgeAfterMs,
    breaker: breaker !== false && resolveBreaker(breaker),
    bulkhead: bulkhead !== false && {
      concurrent: given('concurrent', bulkhead.concurrent),
      queued: given('queued', bulkhead.queued),
    },
  };
}

function resolveBreaker({ threshold = 0.5, ...breaker }: BreakerPolicy): Complete<BreakerPolicy> {
  if (!(threshold > 0 && threshold < 1))
    throw new TypeError(
      `callPolicies: the breaker's threshold is ${threshold}; it is a share between 0 and 1.`,
    );
  // What is said of one of them moves the default of the other along.
  const openMs = given(
    'openMs',
    breaker.openMs ?? Math.min(callBounds.openMs.default, breaker.maxOpenMs ?? Infinity),
  );
  const maxOpenMs = given('maxOpenMs', breaker.maxOpenMs ?? Math.max(callBounds.maxOpenMs.default, openMs));
  if (openMs > maxOpenMs)
    throw new TypeError(`callPolicies: openMs is ${openMs}, above maxOpenMs, which is ${maxOpenMs}.`);
  return {
    threshold,
    windowMs: given('windowMs', breaker.windowMs),
    minimumCalls: given('minimumCalls', breaker.minimumCalls),
    openMs,
    maxOpenMs,
  };
}

/** The value, or its default. @throws TypeError when it is out of bounds. */
function given(name: keyof typeof callBounds, value: number | undefined): number {
  const bounds: Bounds = callBounds[name];
  if (value === undefined) return bounds.default;
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw new TypeError(
    `callPolicies: ${name} is ${value}; it is a whole number from ${bounds.min} to ${bounds.max}.`,
  );
}
