import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Adapters } from '../adapters.ts';
import { systemClock } from '../clock.ts';
import type { PortOptions } from '../port.ts';

/** For opening a port in a test: silent, with metrics of its own. */
export function portOptions(instance = 'test-service#1', adapters?: Adapters): PortOptions {
  const service = instance.split('#')[0] ?? instance;
  const log = pino({ level: 'silent' });
  return { service, instance, log, metrics: new Registry(), clock: systemClock, adapters };
}
