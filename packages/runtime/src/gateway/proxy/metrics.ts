import { Counter, Gauge, type Registry } from 'prom-client';

export interface ProxyMetrics {
  /** @param change 1 when a request is passed on, -1 when it is over. */
  pending(service: string, change: 1 | -1): void;
  retried(service: string): void;
}

/** Labels are services of the route table. */
export function proxyMetrics(registry: Registry): ProxyMetrics {
  const counts = new Map<string, number>();
  new Gauge({
    name: 'gateway_upstream_pending',
    help: 'Requests that wait for a service.',
    labelNames: ['service'],
    registers: [registry],
    collect() {
      for (const [service, count] of counts) this.set({ service }, count);
    },
  });
  const retries = new Counter({
    name: 'gateway_upstream_retries_total',
    help: 'Requests that were passed on a second time, to another instance.',
    labelNames: ['service'],
    registers: [registry],
  });
  return {
    pending: (service, change) => void counts.set(service, (counts.get(service) ?? 0) + change),
    retried: (service) => retries.inc({ service }),
  };
}
