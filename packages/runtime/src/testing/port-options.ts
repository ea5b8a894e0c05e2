import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../clock.ts';
import type { PortOptions } from '../port.ts';

/** For opening a port in a test: silent, with metrics of its own. */
export function portOptions(instance = 'test-service#1'): PortOptions {
  const service = instance.split('#')[0] ?? instance;
  return { service, instance, log: pino({ level: 'silent' }), metrics: new Registry(), clock: systemClock };
}
