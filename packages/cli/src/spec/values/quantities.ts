/** The quantities of services.yaml, each with its unit in the text: `512M`, `99.9%`, `300ms@p95`, `100/s`. */
import { bounds, callBounds } from '@hometrip/runtime/bounds';
import type { RateLimit, Slo } from '../../model/stack.ts';
import { type Parsed, parsed, refused } from './parsed.ts';

const number = String.raw`(\d{1,12}(?:\.\d{1,6})?)`;
const sizePattern = new RegExp(`^${number}([KMGT])i?B?$`);
const percentPattern = new RegExp(`^${number}%$`);
const latencyPattern = new RegExp(`^${number}(ms|s)@p(\\d{1,2}(?:\\.\\d)?)$`);
const ratePattern = new RegExp(`^${number}/(s|m|h)$`);

const durationPattern = new RegExp(`^${number}(ms|s|m)$`);
const millisecondsPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** Powers of 1024, as Docker and the JVM read `512M`. */
const bytesPerUnit: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };
const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Removes what binary fractions add: 99.9 / 100 is 0.9990000000000001 without it. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** `512M` → bytes. */
export function parseSize(text: string): Parsed<number> {
  const match = sizePattern.exec(text);
  const bytes = match && Math.round(Number(match[1]) * (bytesPerUnit[match[2] ?? ''] ?? 0));
  if (!bytes) return refused(`"${text}" is not a size`, 'write a number and K, M, G or T: 512M, 1.5G');
  return parsed(bytes);
}

/** `10M` → bytes, as many as the runtime reads. */
export function parseBodyLimit(text: string): Parsed<number> {
  const size = parseSize(text);
  return size.ok && size.value > bounds.bodyLimitBytes.max
    ? refused(`a body of ${text} is too long`, `write at most ${bounds.bodyLimitBytes.max / 1024 ** 4}T`)
    : size;
}

/** `512M` → bytes, as many as Docker takes: it starts no container with less than 6M. */
export function parseMemory(text: string): Parsed<number> {
  const size = parseSize(text);
  if (size.ok && size.value < 6 * 1024 ** 2)
    return refused(`${text} of memory is too little`, 'write at least 6M, below which Docker starts nothing');
  if (size.ok && size.value > 1024 * 1024 ** 4)
    return refused(`${text} of memory is too much`, 'write at most 1024T');
  return size;
}

/** `99.9%` → 99.9. */
export function parsePercent(text: string): Parsed<number> {
  const match = percentPattern.exec(text);
  const value = match ? Number(match[1]) : Number.NaN;
  if (!(value > 0 && value <= 100))
    return refused(
      `"${text}" is not a percentage`,
      'write a number above 0 and up to 100 with %: 70%, 99.9%',
    );
  return parsed(value);
}

/** `99.9%` → 0.999; 100 % is refused, since an objective without any error budget can only be missed. */
export function parseAvailability(text: string): Parsed<number> {
  const percent = parsePercent(text);
  if (!percent.ok) return percent;
  if (percent.value >= 100)
    return refused('an availability of 100% leaves no error budget', 'write something below 100: 99.9%');
  return parsed(tidy(percent.value / 100));
}

/** `50%` → 0.5; a breaker that waits until all calls fail is refused, since a single one that works keeps it closed. */
export function parseShare(text: string): Parsed<number> {
  const percent = parsePercent(text);
  if (!percent.ok) return percent;
  if (percent.value >= 100)
    return refused('with 100% a single call that works keeps it closed', 'write something below 100: 50%');
  return parsed(tidy(percent.value / 100));
}

/** `300ms@p95` → 300 milliseconds at the quantile 0.95. */
export function parseLatency(text: string): Parsed<Pick<Slo, 'latencyMs' | 'quantile'>> {
  const match = latencyPattern.exec(text);
  const latencyMs = match ? tidy(Number(match[1]) * (match[2] === 's' ? 1000 : 1)) : 0;
  const quantile = match ? tidy(Number(match[3]) / 100) : 0;
  if (latencyMs <= 0 || quantile <= 0)
    return refused(
      `"${text}" is not a latency objective`,
      'write a duration and a percentile: 300ms@p95, 1.5s@p99',
    );
  return parsed({ latencyMs, quantile });
}

/** `100/s` → requests per second. */
export function parseRate(text: string): Parsed<RateLimit['rate']> {
  const match = ratePattern.exec(text);
  const rate = match ? tidy(Number(match[1]) / (secondsPerUnit[match[2] ?? ''] ?? 1)) : 0;
  if (rate <= 0)
    return refused(`"${text}" is not a rate`, 'write requests per second, minute or hour: 100/s, 30/m');
  if (rate < tidy(1 / 3600) || rate > 1_000_000)
    return refused(`${text} cannot be counted`, 'write a rate from 1/h to 1000000/s');
  return parsed(rate);
}

/** The same rate as a whole number of requests in a second or a minute, which is how nginx says it; undefined where there is none. */
export function wholeRate(rate: RateLimit['rate']): { count: number; unit: 's' | 'm' } | undefined {
  const [perSecond, perMinute] = [rate, Number((rate * 60).toPrecision(9))];
  if (Number.isInteger(perSecond)) return { count: perSecond, unit: 's' };
  return Number.isInteger(perMinute) ? { count: perMinute, unit: 'm' } : undefined;
}

/** `1.5s` → milliseconds; at most an hour. */
export function parseDuration(text: string): Parsed<number> {
  const match = durationPattern.exec(text);
  const milliseconds = match ? Math.round(Number(match[1]) * (millisecondsPerUnit[match[2] ?? ''] ?? 0)) : 0;
  if (milliseconds < callBounds.timeoutMs.min || milliseconds > callBounds.timeoutMs.max)
    return refused(
      `"${text}" is not a duration`,
      'write a number and ms, s or m, up to an hour: 250ms, 1.5s, 2m',
    );
  return parsed(milliseconds);
}
