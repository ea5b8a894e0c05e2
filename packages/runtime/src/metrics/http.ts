/**
 * Rate, errors and duration of each route. Labels are bounded: routes as they are declared, methods and statuses that
 * occurred. Counts live in plain arrays and are put into the exposition format when somebody scrapes, since a label
 * lookup with every request costs more than the rest of the bookkeeping.
 */
import { Gauge, type Metric, type Registry } from 'prom-client';

/** Seconds. Dense around the usual objectives (50 ms to 500 ms). */
export const BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
];

/** Counts the answers of one route. */
export interface RouteMetrics {
  record(status: number, seconds: number): void;
}

interface Sample {
  readonly value: number;
  readonly labels: Record<string, string | number>;
  readonly metricName?: string;
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
    const key = `${method} ${route}`;
    let record = this.#routes.get(key);
    if (record === undefined) {
      record = new RouteRecord(method, route);
      this.#routes.set(key, record);
    }
    return record;
  }
}

class RouteRecord implements RouteMetrics {
  readonly #labels: { method: string; route: string };
  readonly #statuses = new Map<number, number>();
  readonly #buckets = new Float64Array(BUCKETS.length + 1);
  #sum = 0;

  constructor(method: string, route: string) {
    this.#labels = { method, route };
  }

  record(status: number, seconds: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket += 1;
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#sum += seconds;
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
