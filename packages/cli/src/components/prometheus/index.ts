import { z } from 'zod';
import { defineComponent } from '../define.ts';
import { http, instanceOf, portNumber } from '../shared.ts';
import { configFiles } from './config.ts';

const folderOf = (name: string): string => instanceOf('prometheus', name);

/** Prometheus keeps nothing in 0h, and counts nanoseconds in 64 bits. */
function isRetention(text: string): boolean {
  const [, count, unit = ''] = /^(\d{1,7})([hdwy])$/.exec(text) ?? [];
  const hours = Number(count) * (HOURS[unit] ?? 0);
  return hours >= 1 && hours <= 100 * 365 * 24;
}

const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };

/** Collects the metrics of every service and component, and evaluates the rules. */
export const prometheus = defineComponent({
  kind: 'prometheus',
  description: 'Prometheus: metrics and alerts',
  version: { default: 'v3.13.0', of: 'Version of Prometheus.' },
  params: {
    port: portNumber(9090, 'Port on the loopback interface.'),
    retention: z
      .string()
      .refine(isRetention, 'write a duration from 1h to 100y in hours, days, weeks or years, such as 15d')
      .default('15d')
      .describe('How long samples are kept.'),
  },
  single: true,
  listens: ({ port }) => [http('http', 9090, port)],
  data: '/prometheus',
  runs: ({ name, params: { version, retention } }) => ({
    image: `prom/prometheus:${version}`,
    command: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${retention}`,
      '--enable-feature=exemplar-storage',
    ],
    files: [
      { source: `${folderOf(name)}/prometheus.yml`, path: '/etc/prometheus/prometheus.yml' },
      { source: `${folderOf(name)}/rules`, path: '/etc/prometheus/rules' },
    ],
    health: { kind: 'http', port: 'http', path: '/-/ready', startPeriodSeconds: 20 },
    readOnly: true,
    scratch: ['/tmp'],
  }),
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  datasource: { port: 'http', type: 'prometheus', isDefault: true, jsonData: { timeInterval: '15s' } },
  files: ({ component: { name }, stack }) => configFiles(stack, folderOf(name)),
  embedded: { instead: 'every instance serves /metrics' },
});
