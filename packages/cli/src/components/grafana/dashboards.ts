import { shortened } from '@hometrip/runtime/names';
import { storesSql } from '../../model/capabilities.ts';
import { limits } from '../../model/limits.ts';
import type { Service, Stack } from '../../model/stack.ts';
import type { ComponentMonitoring } from '../component.ts';
import type { Dashboard, Panel } from './dashboard.ts';

const OVERVIEW = 'overview';
const uidOf = (stack: Stack, name: string): string => shortened(`${stack.name}-${name}`, limits.grafanaUid);

export function overviewDashboard(stack: Stack): Dashboard {
  return {
    uid: uidOf(stack, OVERVIEW),
    title: `${stack.name}: overview`,
    tags: [stack.name],
    rows: [
      {
        title: 'Now',
        panels: [
          stat('Requests per second', 'reqps', 'sum(service:http_requests:rate5m)'),
          stat(
            'Share of errors',
            'percentunit',
            'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) or vector(0)',
            0.01,
          ),
          stat('p95 of the slowest service', 's', 'max(service:http_request_duration_seconds:p95_5m)'),
          stat('Instances up', 'short', 'sum(up)'),
          stat('Alerts', 'short', 'count(ALERTS{alertstate="firing"}) or vector(0)', 1),
        ],
      },
      {
        title: 'By service',
        panels: [
          graph('Requests per second', 'reqps', 'service:http_requests:rate5m', '{{service}}'),
          graph('Share of errors', 'percentunit', 'service:http_errors:ratio_rate5m', '{{service}}'),
          graph('p95', 's', 'service:http_request_duration_seconds:p95_5m', '{{service}}'),
        ],
      },
      {
        title: 'Machines',
        panels: [
          graph('CPU', 'short', 'sum by (service) (rate(process_cpu_seconds_total[5m]))', '{{service}}'),
          graph('Memory', 'bytes', 'sum by (service) (process_resident_memory_bytes)', '{{service}}'),
        ],
      },
    ],
  };
}

/** Rate, errors and duration; then what the process does; then what it depends on. */
export function serviceDashboard(
  stack: Stack,
  { name, slo, limits, publishes, subscribes, database }: Service,
): Dashboard {
  const of = `service="${name}"`;
  const usesEvents = publishes.length + subscribes.length > 0;
  const rows = [
    {
      title: 'Requests',
      panels: [
        graph(
          'Requests per second by route',
          'reqps',
          `sum by (method, route) (rate(http_requests_total{${of}}[5m]))`,
          '{{method}} {{route}}',
        ),
        {
          ...graph('Share of errors', 'percentunit', `service:http_errors:ratio_rate5m{${of}}`, 'errors'),
          threshold: Number((1 - slo.availability).toPrecision(6)),
        },
        {
          ...graph('Duration', 's', `service:http_request_duration_seconds:p50_5m{${of}}`, 'p50'),
          threshold: slo.latencyMs / 1000,
          queries: [50, 95, 99].map((quantile) => ({
            expr: `service:http_request_duration_seconds:p${quantile}_5m{${of}}`,
            legend: `p${quantile}`,
          })),
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        graph('CPU', 'short', `rate(process_cpu_seconds_total{${of}}[5m])`, '{{instance}}'),
        {
          ...graph('Memory', 'bytes', `process_resident_memory_bytes{${of}}`, '{{instance}}'),
          threshold: limits.memory,
        },
        graph('Event loop lag (p99)', 's', `nodejs_eventloop_lag_p99_seconds{${of}}`, '{{instance}}'),
        graph('Instances up', 'short', `sum(up{${of}})`, 'up'),
      ],
    },
  ];
  const dependencies: Panel[] = [];
  if (stack.components.some((component) => component.name === database && storesSql(component)))
    dependencies.push(
      graph(
        'Database connections',
        'short',
        `sum by (state) (database_pool_connections{${of}})`,
        '{{state}}',
      ),
    );
  if (usesEvents) {
    dependencies.push(
      graph(
        'Events handled per second',
        'ops',
        `sum by (event, outcome) (rate(events_consumed_total{${of}}[5m]))`,
        '{{event}} {{outcome}}',
      ),
    );
    dependencies.push(graph('Oldest event in the outbox', 's', `max(events_outbox_seconds{${of}})`, 'age'));
  }
  if (dependencies.length > 0) rows.push({ title: 'Dependencies', panels: dependencies });
  // A service may be called as the overview is.
  const uid = uidOf(stack, name === OVERVIEW ? `${name}-service` : name);
  return { uid, title: name, tags: [stack.name, 'service'], rows };
}

export function componentDashboard(
  stack: Stack,
  panels: ComponentMonitoring['panels'],
  { title: name, uid }: { readonly title: string; readonly uid: string },
): Dashboard {
  return {
    uid: uidOf(stack, uid === OVERVIEW ? `_${uid}` : uid),
    title: name,
    tags: [stack.name, 'component'],
    rows: [
      {
        title: name,
        panels: panels.map(({ title, unit, expr, legend }) => graph(title, unit, expr, legend)),
      },
    ],
  };
}

const graph = (title: string, unit: string, expr: string, legend: string): Panel => ({
  title,
  kind: 'timeseries',
  unit,
  queries: [{ expr, legend }],
});
const stat = (title: string, unit: string, expr: string, threshold?: number): Panel => ({
  title,
  kind: 'stat',
  unit,
  queries: [{ expr, legend: title }],
  ...(threshold === undefined ? {} : { threshold }),
});
