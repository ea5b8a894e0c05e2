/**
 * Bounds retries to a share of the requests: when a service is down, retrying everything would double its load just
 * when it comes back. A few are always allowed, for small traffic.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #most: number;
  #tokens: number;

  constructor({ share = 0.2, most = 20 } = {}) {
    this.#share = share;
    this.#most = most;
    this.#tokens = most;
  }

  request(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#share);
  }

  /** @returns whether one more retry may be made, and counts it. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
