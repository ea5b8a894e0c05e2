import { defineComponent } from '../define.ts';
import { http, instanceOf, portNumber } from '../shared.ts';
import { configFiles } from './config.ts';

const folderOf = (name: string): string => instanceOf('grafana', name);

/** Dashboards over Prometheus, Jaeger and Elasticsearch, provisioned from files. */
export const grafana = defineComponent({
  kind: 'grafana',
  description: 'Grafana: dashboards',
  version: { default: '13.1.0', of: 'Version of Grafana.' },
  params: { port: portNumber(3000, 'Port on the loopback interface.') },
  single: true,
  listens: ({ port }) => [http('http', 3000, port)],
  data: '/var/lib/grafana',
  runs: ({ name, params: { version } }) => ({
    image: `grafana/grafana:${version}`,
    environment: {
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    },
    secrets: [{ secret: `${name}-admin-password`, env: 'GF_SECURITY_ADMIN_PASSWORD__FILE' }],
    files: [{ source: `${folderOf(name)}/provisioning`, path: '/etc/grafana/provisioning' }],
    health: { kind: 'http', port: 'http', path: '/api/health', startPeriodSeconds: 30 },
    scratch: ['/tmp'],
  }),
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  secrets: ({ name }) => [
    { name: `${name}-admin-password`, kind: 'password', description: 'User admin of Grafana.' },
  ],
  files: ({ component: { name }, stack }) => configFiles(stack, folderOf(name)),
  embedded: { instead: 'hometrip status --all shows the figures' },
});
