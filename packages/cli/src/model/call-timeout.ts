import type { Service } from './stack.ts';

/** Of the gateway for a service, in milliseconds. Many times what the service promises: whoever waits longer would rather hear that it failed. */
export const timeoutMs = ({ slo }: Pick<Service, 'slo'>): number =>
  Math.round(Math.min(60_000, Math.max(10_000, slo.latencyMs * 20)));
