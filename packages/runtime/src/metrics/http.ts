/**
 * Rate, errors and duration of each route. Labels are bounded: routes as they are declared, the usual methods and statuses;
 * whatever else clients think of is one label. Counts live in plain arrays and are put into the exposition format when somebody scrapes, since a label
 * lookup with every request costs more than the rest of the bookkeeping.
 */
import { Gauge, type Metric, type Registry } from 'prom-client';
import type { Span } from '../telemetry/span.ts';
import { METHODS, statusLabel } from './labels.ts';

/** Seconds. Dense around the usual objectives (50 ms to 500 ms). */
export const BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
];

/** Pairs of method and route: far more than any service declares. */
const MOST_ROUTES = 2_000;

/** Counts the answers of one route. */
export interface RouteMetrics {
  /** @param span Of the request, if it is recorded: its trace becomes an example of how long requests take. */
  record(status: number, seconds: number, span?: Span | undefined): void;
}

interface Sample {
  readonly value: number;
  readonly labels: Record<string, string | number>;
  readonly metricName?: string;
  readonly exemplar?: Exemplar | undefined;
}

/** A request that fell into a bucket; in OpenMetrics a dashboard leads from it to its trace. */
interface Exemplar {
  readonly labelSet: { readonly trace_id: string; readonly span_id: string };
  readonly value: number;
  /** Epoch seconds. */
  readonly timestamp: number;
}

/** The requests of a service, by route and status. */
export class HttpMetrics {
  readonly #routes = new Map<string, RouteRecord>();
  inFlight = 0;

  constructor(registry: Registry) {
    const routes = this.#routes;
    const collect = (sample: (route: RouteRecord) => Sample[]) => () => [...routes.values()].flatMap(sample);
    register(registry, {
      name: 'http_requests_total',
      help: 'Requests answered, by method, route and status.',
      type: 'counter',
      labelNames: ['method', 'route', 'status'],
      samples: collect((route) => route.requests()),
    });
    register(registry, {
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the answer, by method and route.',
      type: 'histogram',
      labelNames: ['method', 'route'],
      samples: collect((route) => route.durations('http_request_duration_seconds')),
    });
    const current = () => this.inFlight;
    new Gauge({
      name: 'http_requests_in_flight',
      help: 'Requests that are being worked on.',
      registers: [registry],
      collect() {
        this.set(current());
      },
    });
  }

  /** For one method and route, asked for once. */
  route(method: string, route: string): RouteMetrics {
    const known = METHODS.has(method) || method === 'any' ? method : 'other';
    const key = `${known} ${route}`;
    let record = this.#routes.get(key);
    if (record === undefined) {
      if (this.#routes.size >= MOST_ROUTES && route !== 'other') return this.route('any', 'other');
      record = new RouteRecord(known, route);
      this.#routes.set(key, record);
    }
    return record;
  }
}

class RouteRecord implements RouteMetrics {
  readonly #labels: { method: string; route: string };
  readonly #statuses = new Map<number | string, number>();
  readonly #buckets = new Float64Array(BUCKETS.length + 1);
  #sum = 0;
  /** By bucket; made with the first request that is recorded. */
  #exemplars: (Exemplar | undefined)[] | undefined;

  constructor(method: string, route: string) {
    this.#labels = { method, route };
  }

  record(status: number, seconds: number, span?: Span | undefined): void {
    const known = this.#statuses.get(status);
    if (known !== undefined) {
      this.#statuses.set(status, known + 1);
    } else {
      const label = statusLabel(status);
      this.#statuses.set(label, (this.#statuses.get(label) ?? 0) + 1);
    }
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket += 1;
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#sum += seconds;
    if (span !== undefined) {
      this.#exemplars ??= [];
      this.#exemplars[bucket] = {
        labelSet: { trace_id: span.traceId, span_id: span.spanId },
        value: seconds,
        timestamp: Date.now() / 1_000,
      };
    }
  }

  requests(): Sample[] {
    return [...this.#statuses].map(([status, value]) => ({ value, labels: { ...this.#labels, status } }));
  }

  /** Cumulative, as the format asks for. */
  durations(name: string): Sample[] {
    if (this.#statuses.size === 0) return [];
    let total = 0;
    const samples: Sample[] = [...this.#buckets].map((count, index) => {
      total += count;
      return {
        metricName: `${name}_bucket`,
        value: total,
        labels: { ...this.#labels, le: BUCKETS[index] ?? '+Inf' },
        exemplar: this.#exemplars?.[index],
      };
    });
    samples.push({ metricName: `${name}_sum`, value: this.#sum, labels: this.#labels });
    samples.push({ metricName: `${name}_count`, value: total, labels: this.#labels });
    return samples;
  }
}

/** The registry asks a metric for its name and its values, and no more. */
function register(
  registry: Registry,
  metric: { name: string; help: string; type: string; labelNames: string[]; samples: () => Sample[] },
): void {
  const { name, help, type, labelNames, samples } = metric;
  const source = {
    name,
    labelNames,
    get: async () => ({ name, help, type, values: samples(), aggregator: 'sum' }),
    reset: () => {},
  };
  registry.registerMetric(source as unknown as Metric);
}
