import { z } from 'zod';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('v3.13.0').describe('Version of Prometheus.'),
  port: portNumber(9090, 'Port on the loopback interface.'),
  retention: z
    .string()
    .refine(isRetention, 'write a duration from 1h to 100y in hours, days, weeks or years, such as 15d')
    .default('15d')
    .describe('How long samples are kept.'),
});
/** Prometheus keeps nothing in 0h, and counts nanoseconds in 64 bits. */
function isRetention(text: string): boolean {
  const [, count, unit = ''] = /^(\d{1,7})([hdwy])$/.exec(text) ?? [];
  const hours = Number(count) * (HOURS[unit] ?? 0);
  return hours >= 1 && hours <= 100 * (HOURS['y'] ?? 0);
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };

type Params = z.infer<typeof params>;

/** Collects the metrics of every service and component, and evaluates the rules. */
export const prometheus: ComponentKind<Params> = {
  kind: 'prometheus',
  description: 'Prometheus: metrics and alerts',
  replicable: false,
  capabilities: [],
  schemes: {},
  params,
  ports: ({ port }) => ({ http: port }),
  workload: ({ name, params: { version, port, retention }, limits }) =>
    componentWorkload({
      name,
      image: `prom/prometheus:${version}`,
      command: [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.path=/prometheus',
        `--storage.tsdb.retention.time=${retention}`,
        '--enable-feature=exemplar-storage',
      ],
      ports: [http('http', 9090, port)],
      volumes: [{ name: `${name}-data`, path: '/prometheus' }],
      files: [
        { source: 'prometheus/prometheus.yml', path: '/etc/prometheus/prometheus.yml' },
        { source: 'prometheus/rules', path: '/etc/prometheus/rules' },
      ],
      health: { kind: 'http', port: 'http', path: '/-/ready', startPeriodSeconds: 20 },
      limits,
      readOnly: true,
      scratch: ['/tmp'],
    }),
  bindings: () => [],
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  secrets: () => [],
  monitoring: () => ({ alerts: [], panels: [] }),
};
