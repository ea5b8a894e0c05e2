/** Requests, latency and errors of an instance, from the text that it offers to Prometheus. */
import { get } from 'node:http';

export interface MetricsSample {
  /** performance.now() when it was read. */
  readonly at: number;
  readonly requests: number;
  /** Answers with status 5xx. */
  readonly errors: number;
  /** Upper bound in seconds → requests up to it, cumulative. */
  readonly buckets: ReadonlyMap<number, number>;
}

export interface Rates {
  readonly requestsPerSecond: number;
  /** Milliseconds, linear within a bucket, as Prometheus does; undefined without requests. */
  readonly p95: number | undefined;
  /** Share of requests answered with 5xx: 0.01 is one in a hundred; undefined without requests. */
  readonly errorRate: number | undefined;
}

/** Routes of operations say nothing about the service's users. */
const OPERATIONAL = /route="\/(health\/|metrics|openapi\.json)/;
const TIMEOUT_MS = 2_000;

export function parseMetrics(text: string, at: number): MetricsSample {
  let requests = 0;
  let errors = 0;
  const buckets = new Map<number, number>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] =
      /^(http_requests_total|http_request_duration_seconds_bucket)\{([^}]*)\} (\S+)/.exec(line) ?? [];
    if (name === undefined || OPERATIONAL.test(labels)) continue;
    if (name === 'http_requests_total') {
      requests += Number(value);
      if (/status="5/.test(labels)) errors += Number(value);
    } else {
      const bound = Number(/le="([^"]+)"/.exec(labels)?.[1]?.replace('+Inf', 'Infinity'));
      buckets.set(bound, (buckets.get(bound) ?? 0) + Number(value));
    }
  }
  return { at, requests, errors, buckets };
}

/** Since `before`, or since the start of the instance when there is none. */
export function rates(now: MetricsSample, before: MetricsSample | undefined): Rates {
  const requests = now.requests - (before?.requests ?? 0);
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1_000;
  return {
    requestsPerSecond: seconds > 0 ? requests / seconds : 0,
    p95: quantile(now, before, 0.95),
    errorRate: requests > 0 ? (now.errors - (before?.errors ?? 0)) / requests : undefined,
  };
}

function quantile(now: MetricsSample, before: MetricsSample | undefined, share: number): number | undefined {
  const bounds = [...now.buckets.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => (now.buckets.get(bound) ?? 0) - (before?.buckets.get(bound) ?? 0));
  const total = counts.at(-1) ?? 0;
  if (total === 0) return undefined;
  const wanted = share * total;
  const index = counts.findIndex((count) => count >= wanted);
  const upper = bounds[index] ?? 0;
  const lower = bounds[index - 1] ?? 0;
  if (upper === Infinity) return lower * 1_000;
  const below = counts[index - 1] ?? 0;
  return (lower + (upper - lower) * ((wanted - below) / ((counts[index] ?? 0) - below))) * 1_000;
}

/** Undefined when the instance does not answer. */
export function readMetrics(port: number): Promise<MetricsSample | undefined> {
  return new Promise((resolve) => {
    const call = get(
      { host: '127.0.0.1', port, path: '/metrics', agent: false, timeout: TIMEOUT_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve(response.statusCode === 200 ? parseMetrics(text, performance.now()) : undefined),
        );
        response.on('error', () => resolve(undefined));
      },
    );
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
  });
}
