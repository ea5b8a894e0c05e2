import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a connection tells about itself. */
export interface ConnectionMetrics {
  connected(is: boolean): void;
  lost(): void;
  answered(seconds: number, result: 'ok' | 'error'): void;
}

/** One set for all connections of a process, told apart by what they are for. */
export function connectionMetrics(metrics: Registry, use: string): ConnectionMetrics {
  const once = <M>(name: string, make: () => M): M =>
    (metrics.getSingleMetric(name) as M | undefined) ?? make();
  const registers = [metrics];
  const connected = once(
    'redis_connected',
    () =>
      new Gauge({
        name: 'redis_connected',
        help: '1 while the connection to Redis can be used.',
        labelNames: ['use'],
        registers,
      }),
  );
  const lost = once(
    'redis_connections_lost_total',
    () =>
      new Counter({
        name: 'redis_connections_lost_total',
        help: 'Connections to Redis that ended unasked.',
        labelNames: ['use'],
        registers,
      }),
  );
  const commands = once(
    'redis_command_duration_seconds',
    () =>
      new Histogram({
        name: 'redis_command_duration_seconds',
        help: 'Time until Redis answered. What is refused because it is away is not sent, and not counted.',
        labelNames: ['use', 'result'],
        buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2],
        registers,
      }),
  );
  connected.set({ use }, 0);
  const [ok, error] = [commands.labels({ use, result: 'ok' }), commands.labels({ use, result: 'error' })];
  return {
    connected: (is) => connected.set({ use }, is ? 1 : 0),
    lost: () => lost.inc({ use }),
    answered: (seconds, result) => (result === 'ok' ? ok : error).observe(seconds),
  };
}
