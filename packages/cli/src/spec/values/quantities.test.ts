import { describe, expect, it } from 'vitest';
import type { Parsed } from './parsed.ts';
import {
  parseAvailability,
  parseDuration,
  parseLatency,
  parsePercent,
  parseRate,
  parseSize,
  wholeRate,
} from './quantities.ts';

const tidy = (value: number): number => Number(value.toPrecision(12));
const MiB = 1024 ** 2;
const valueOrMessage = (result: Parsed<unknown>): unknown => (result.ok ? result.value : result.message);

describe('quantities are written with their unit', () => {
  it.each<[(text: string) => Parsed<unknown>, string, unknown]>([
    [parseSize, '512M', 512 * MiB],
    [parseSize, '1.5G', 1536 * MiB],
    [parseSize, '256Mi', 256 * MiB],
    [parseSize, '64KB', 65_536],
    [parseSize, '512', '"512" is not a size'],
    [parseSize, '0M', '"0M" is not a size'],
    [parseSize, '-1M', '"-1M" is not a size'],
    [parseSize, '1e3M', '"1e3M" is not a size'],
    [parsePercent, '70%', 70],
    [parsePercent, '100%', 100],
    [parsePercent, '0%', '"0%" is not a percentage'],
    [parsePercent, '101%', '"101%" is not a percentage'],
    [parseAvailability, '99.9%', 0.999],
    [parseAvailability, '99.95%', 0.9995],
    [parseAvailability, '99.999%', 0.99999],
    [parseAvailability, '100%', 'an availability of 100% leaves no error budget'],
    [parseLatency, '300ms@p95', { latencyMs: 300, quantile: 0.95 }],
    [parseLatency, '1.5s@p99.9', { latencyMs: 1500, quantile: 0.999 }],
    [parseLatency, '300ms', '"300ms" is not a latency objective'],
    [parseLatency, '300ms@p0', '"300ms@p0" is not a latency objective'],
    [parseRate, '100/s', 100],
    [parseRate, '30/m', 0.5],
    [parseRate, '120/h', tidy(1 / 30)],
    [parseRate, '0/s', '"0/s" is not a rate'],
    [parseDuration, '250ms', 250],
    [parseDuration, '1.5s', 1_500],
    [parseDuration, '2m', 120_000],
    [parseDuration, '1000', '"1000" is not a duration'],
    [parseDuration, '0s', '"0s" is not a duration'],
    [parseDuration, '61m', '"61m" is not a duration'],
    [parseRate, '100', '"100" is not a rate'],
  ])('%o of %s', (parse, text, expected) => {
    expect(valueOrMessage(parse(text))).toEqual(expected);
  });
});

describe('a rate is a whole number of requests in a second or a minute', () => {
  it.each([
    ['100/s', '100/s'],
    ['1.5/s', '90/m'],
    ['30/m', '30/m'],
    ['60/m', '1/s'],
    ['120/h', '2/m'],
    ['100/h', undefined],
    ['0.1/s', '6/m'],
    ['0.5/m', undefined],
    ['1000000/h', undefined],
  ])('%s is %s', (text, expected) => {
    const rate = parseRate(text);
    const whole = rate.ok ? wholeRate(rate.value) : undefined;
    expect(whole && `${whole.count}/${whole.unit}`).toBe(expected);
  });
});
