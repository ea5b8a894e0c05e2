import { z } from 'zod';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('13.1.0').describe('Version of Grafana.'),
  port: portNumber(3000, 'Port on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** Dashboards over Prometheus, Jaeger and Elasticsearch, provisioned from files. */
export const grafana: ComponentKind<Params> = {
  kind: 'grafana',
  description: 'Grafana: dashboards',
  replicable: false,
  capabilities: [],
  schemes: {},
  params,
  ports: ({ port }) => ({ http: port }),
  workload: ({ name, params: { version, port }, limits }) =>
    componentWorkload({
      name,
      image: `grafana/grafana:${version}`,
      environment: {
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
        GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        GF_USERS_ALLOW_SIGN_UP: 'false',
      },
      secrets: [{ secret: `${name}-admin-password`, env: 'GF_SECURITY_ADMIN_PASSWORD__FILE' }],
      ports: [http('http', 3000, port)],
      volumes: [{ name: `${name}-data`, path: '/var/lib/grafana' }],
      files: [{ source: 'grafana/provisioning', path: '/etc/grafana/provisioning' }],
      health: { kind: 'http', port: 'http', path: '/api/health', startPeriodSeconds: 30 },
      limits,
      dependsOn: [],
      scratch: ['/tmp'],
    }),
  bindings: () => [],
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  secrets: ({ name }) => [
    { name: `${name}-admin-password`, kind: 'password', description: 'User admin of Grafana.' },
  ],
  monitoring: () => ({ alerts: [], panels: [] }),
};
