import { Counter, Histogram, type Registry } from 'prom-client';

export interface CallMetrics {
  /** @param status Undefined: no answer. */
  answered(service: string, status: number | undefined, milliseconds: number): void;
  retried(service: string): void;
}

export function callMetrics(registry: Registry): CallMetrics {
  const duration = new Histogram({
    name: 'service_call_duration_seconds',
    help: 'Calls to other services, by status class; none: no answer.',
    labelNames: ['target', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const retries = new Counter({
    name: 'service_call_retries_total',
    help: 'Attempts after the first.',
    labelNames: ['target'],
    registers: [registry],
  });
  return {
    answered(target, status, milliseconds) {
      duration.observe(
        { target, status: status === undefined ? 'none' : `${Math.trunc(status / 100)}xx` },
        milliseconds / 1_000,
      );
    },
    retried: (target) => retries.inc({ target }),
  };
}
