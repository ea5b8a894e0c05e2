/**
 * Structured logs: one JSON line per event on stdout, `level` as a word, `time` in ISO 8601, and the ids of the
 * request that is being served (requestId, traceId; spanId when it is recorded) without anybody passing them along.
 */
import pino from 'pino';
import type { DestinationStream, Logger as PinoLogger } from 'pino';
import { currentContext } from './context.ts';
import { standardOutput } from './log-output.ts';

/** A pino logger: `log.info({ bookingId }, 'confirmed')`. */
export type Logger = PinoLogger;
/** From everything to nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Whose lines these are, and where they go. */
export interface LogOptions {
  readonly service: string;
  readonly instance: string;
  readonly level?: string | undefined;
  /** Where lines go; default: stdout, buffered, surviving a broken pipe. */
  readonly destination?: DestinationStream | undefined;
}

/** Values below these keys never reach a log, at the top level or one below. */
const SECRET_KEYS = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'accessToken',
  'refreshToken',
  'passwordHash',
  'apiKey',
];

/** What PostgreSQL adds to an error may be a whole row: `Failing row contains (…)`, `Key (email)=(…)`. */
const ROWS = ['err.detail', 'err.where'];

const LEVELS: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

let lastTime = 0;
let lastText = '';

/** Formatted once for each millisecond: at thousands of lines a second that would be a fifth of a line's cost. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastText = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastText;
}

/** An unknown level falls back to `info` with a warning: a typo must not stop or silence a service. */
export function createLogger({ service, instance, level = 'info', destination }: LogOptions): Logger {
  const known = LEVELS.has(level);
  const output = destination ?? standardOutput();
  const logger = pino(
    {
      level: known ? level : 'info',
      base: { service, instance },
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), ...ROWS], censor: '[redacted]' },
      mixin: contextFields,
    },
    output,
  );
  plain.set(logger, {
    destination: output,
    base: `,${JSON.stringify({ service, instance }).slice(1, -1)}`,
  });
  if (!known) logger.warn(`LOG_LEVEL is ${level}, which is none of ${[...LEVELS].join(', ')}; using info`);
  return logger;
}

/**
 * For a line that is written with every request: as `log.info(fields, message)` would write it, at a third of the cost. Nothing is
 * redacted, so that its fields must be known, and no secrets.
 */
export function plainLines(log: Logger, message: string): (fields: object) => void {
  const lines = plain.get(log);
  if (lines === undefined) {
    const child = log.child({}, { redact: { paths: [], censor: '' } });
    return (fields) => child.info(fields, message);
  }
  const { destination, base } = lines;
  return (fields) => {
    if (log.levelVal > INFO) return;
    const text = JSON.stringify({ ...contextFields(), ...fields, msg: message });
    destination.write(`{"level":"info"${isoTime()}${base},${text.slice(1)}\n`);
  };
}

const INFO = 30;
/** What `plainLines` needs to know of a logger of ours. */
const plain = new WeakMap<Logger, { readonly destination: DestinationStream; readonly base: string }>();

function contextFields(): { requestId?: string; traceId?: string; spanId?: string } {
  const context = currentContext();
  if (context === undefined) return {};
  const { requestId, traceId, span } = context;
  return span === undefined ? { requestId, traceId } : { requestId, traceId, spanId: span.spanId };
}
