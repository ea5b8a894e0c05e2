import type { Port } from '../port.ts';

/** How much is let through. */
export interface Limit {
  /** Requests per second that are let through in the long run; may be a fraction. */
  readonly rate: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
}

/** Whether one request may pass. */
export interface Decision {
  readonly allowed: boolean;
  /** How many more would be allowed now. */
  readonly remaining: number;
  /** Seconds until the next one is allowed; 0 when this one was. */
  readonly retryAfter: number;
}

/** What a rate limit server must do: count exactly, also when all replicas ask at the same moment. */
export interface RateLimitAdapter extends Port {
  /** Takes one from the key's allowance. A refused request takes nothing. */
  take(key: string, limit: Limit): Promise<Decision>;
}
