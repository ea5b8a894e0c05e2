import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PoolMetrics } from './pool.ts';

export interface CallMetrics extends PoolMetrics {
  /** @param status Undefined: no answer. */
  answered(service: string, status: number | undefined, milliseconds: number): void;
  retried(service: string): void;
  /** A second attempt was made because the first was slow. @param winner Whose answer counts. */
  hedged(service: string, winner: 'first' | 'second'): void;
  breaker(service: string, state: BreakerState): void;
  /** @param read What is under way, asked at every scrape. */
  bulkhead(service: string, read: () => { readonly active: number; readonly queued: number }): void;
  refused(service: string, by: 'breaker' | 'bulkhead'): void;
  fellBack(service: string): void;
}

export type BreakerState = 'closed' | 'half_open' | 'open';
const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

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
  const hedges = new Counter({
    name: 'service_call_hedges_total',
    help: 'Second attempts beside a slow first one, by whose answer counts.',
    labelNames: ['target', 'winner'],
    registers: [registry],
  });
  const breakers = new Gauge({
    name: 'service_call_breaker_state',
    help: '0: closed, 1: half open, 2: open.',
    labelNames: ['target'],
    registers: [registry],
  });
  const bulkheads = new Map<string, () => { readonly active: number; readonly queued: number }>();
  new Gauge({
    name: 'service_call_bulkhead',
    help: 'Calls under way, and those that wait for their turn.',
    labelNames: ['target', 'state'],
    registers: [registry],
    collect() {
      for (const [target, read] of bulkheads) {
        const { active, queued } = read();
        this.set({ target, state: 'active' }, active);
        this.set({ target, state: 'queued' }, queued);
      }
    },
  });
  const refusals = new Counter({
    name: 'service_call_refused_total',
    help: 'Calls that were not made, by what refused them.',
    labelNames: ['target', 'by'],
    registers: [registry],
  });
  const fallbacks = new Counter({
    name: 'service_call_fallbacks_total',
    help: 'Calls whose answer is their fallback.',
    labelNames: ['target'],
    registers: [registry],
  });
  const ejections = new Counter({
    name: 'service_call_ejections_total',
    help: 'Instances that were left out for a time: unreachable, or failing several times in a row.',
    labelNames: ['target', 'why'],
    registers: [registry],
  });
  let leftOut: () => ReadonlyMap<string, number> = () => new Map();
  new Gauge({
    name: 'service_call_instances_ejected',
    help: 'Instances that are left out now.',
    labelNames: ['target'],
    registers: [registry],
    collect() {
      for (const [target, count] of leftOut()) this.set({ target }, count);
    },
  });
  return {
    ejected: (target, why) => ejections.inc({ target, why }),
    leftOut: (read) => void (leftOut = read),
    answered(target, status, milliseconds) {
      duration.observe(
        { target, status: status === undefined ? 'none' : `${Math.trunc(status / 100)}xx` },
        milliseconds / 1_000,
      );
    },
    retried: (target) => retries.inc({ target }),
    hedged: (target, winner) => hedges.inc({ target, winner }),
    breaker: (target, state) => breakers.set({ target }, BREAKER[state]),
    bulkhead: (target, read) => void bulkheads.set(target, read),
    refused: (target, by) => refusals.inc({ target, by }),
    fellBack: (target) => fallbacks.inc({ target }),
  };
}
