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

export function resolvePolicy(policy: CallPolicy = {}): ResolvedPolicy {
  const { timeoutMs = 5_000, attempts = 3, hedgeAfterMs, breaker = {}, bulkhead = {} } = policy;
  const threshold = breaker === false ? undefined : breaker.threshold;
  if (threshold !== undefined && !(threshold > 0 && threshold < 1))
    throw new TypeError(
      `callPolicies: the breaker's threshold is ${threshold}; it is a share between 0 and 1.`,
    );
  return {
    timeoutMs,
    attempts,
    hedgeAfterMs,
    breaker: breaker !== false && {
      threshold: breaker.threshold ?? 0.5,
      windowMs: breaker.windowMs ?? 10_000,
      minimumCalls: breaker.minimumCalls ?? 10,
      openMs: breaker.openMs ?? 500,
      maxOpenMs: breaker.maxOpenMs ?? 10_000,
    },
    bulkhead: bulkhead !== false && {
      concurrent: bulkhead.concurrent ?? 100,
      queued: bulkhead.queued ?? 200,
    },
  };
}
