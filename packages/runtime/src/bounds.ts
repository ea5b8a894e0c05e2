/**
 * Which numbers the runtime takes, and what each is when nobody says. Whoever writes settings for it (the generator, an
 * operator's tool) takes the bounds from here.
 */

/** What a number may be, and what it is by default. */
export interface Bounds {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

const HOUR_MS = 3_600_000;

/** Of settings and of what they name: by what each number is, in the unit that its name ends with. */
export const bounds = {
  /** BODY_LIMIT_BYTES */
  bodyLimitBytes: { default: 2 ** 20, min: 1, max: 2 ** 40 },
  /** PORT and OPERATIONS_PORT; 0: any that is free. */
  port: { default: 0, min: 0, max: 65_535 },
  /** DRAIN_DELAY_MS */
  drainDelayMs: { default: 3_000, min: 0, max: 60_000 },
  /** TRACES_SAMPLE_RATIO, and `?sample=` of TRACES_URL */
  sampleRatio: { default: 0.1, min: 0, max: 1 },
  /** TRACES_SLOW_MS */
  slowTraceMs: { default: 1_000, min: 0, max: HOUR_MS },
  /** `services.<name>.timeoutMs` of GATEWAY_ROUTES_FILE */
  routeTimeoutMs: { default: 30_000, min: 1, max: 600_000 },
} as const satisfies Record<string, Bounds>;

/** Of a call policy. The breaker's threshold is a share between 0 and 1, both excluded. */
export const callBounds = {
  timeoutMs: { default: 5_000, min: 1, max: HOUR_MS },
  attempts: { default: 3, min: 1, max: 10 },
  /** Default: never. */
  hedgeAfterMs: { default: Number.NaN, min: 1, max: HOUR_MS },
  windowMs: { default: 10_000, min: 1, max: HOUR_MS },
  minimumCalls: { default: 10, min: 1, max: 100_000 },
  openMs: { default: 500, min: 1, max: HOUR_MS },
  maxOpenMs: { default: 10_000, min: 1, max: HOUR_MS },
  concurrent: { default: 100, min: 1, max: 100_000 },
  queued: { default: 200, min: 0, max: 100_000 },
} as const satisfies Record<string, Bounds>;
