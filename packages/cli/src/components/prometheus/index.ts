import { z } from 'zod';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('v3.13.0').describe('Version of Prometheus.'),
  port: portNumber(9090, 'Port on the loopback interface.'),
  retention: z
    .string()
    .regex(/^\d+[hdwy]$/, 'a duration such as 15d')
    .default('15d')
    .describe('How long samples are kept.'),
});
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
