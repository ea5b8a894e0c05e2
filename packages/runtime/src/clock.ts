/** Time, so that tests may move it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The time of this machine. */
export const systemClock: Clock = { now: () => Date.now() };
