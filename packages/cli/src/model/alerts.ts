import { errorRatio } from './recording.ts';
import type { Service, Stack } from './stack.ts';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** Alerts by group: a page wakes somebody up because users suffer now; a ticket waits for the morning. */
export function alertGroups(stack: Stack): { name: string; rules: readonly Alert[] }[] {
  return [
    { name: 'slo', rules: stack.services.flatMap(sloAlerts) },
    { name: 'instances', rules: instanceAlerts(stack) },
    { name: 'components', rules: componentAlerts(stack) },
  ].filter(({ rules }) => rules.length > 0);
}

/** Fast burn: 2 % of a month's budget in an hour. Slow burn: 5 % in six hours. Figures from The Site Reliability Workbook, chapter 5. */
export const burnRates = { fast: 14.4, slow: 6 } as const;

/**
 * The share of failed requests from which an alert speaks. A generous budget cannot burn that many times faster: then it is halfway
 * between what is allowed and everything, so that an outage is always noticed.
 */
export function failingShare({ slo }: Service, rate: number): number {
  const budget = round(1 - slo.availability);
  return round(Math.min(rate * budget, (1 + budget) / 2));
}

function sloAlerts(service: Service): Alert[] {
  const { name, slo } = service;
  const burning = (window: '5m' | '30m' | '1h' | '6h', rate: number) =>
    `${errorRatio(window)}{service="${name}"} > ${failingShare(service, rate)}`;
  const target = `${round(slo.availability * 100)} %`;
  return [
    alert(
      'ErrorBudgetBurnsFast',
      `${burning('1h', burnRates.fast)} and ${burning('5m', burnRates.fast)}`,
      '2m',
      'page',
      name,
      `${name} fails far more often than its target of ${target} allows`,
    ),
    alert(
      'ErrorBudgetBurnsSlowly',
      `${burning('6h', burnRates.slow)} and ${burning('30m', burnRates.slow)}`,
      '15m',
      'ticket',
      name,
      `${name} uses up its error budget (target ${target})`,
    ),
    alert(
      'LatencyAboveTarget',
      `histogram_quantile(${slo.quantile}, sum by (service, le) (rate(http_request_duration_seconds_bucket{service="${name}"}[5m]))) > ${slo.latencyMs / 1000}`,
      '10m',
      'ticket',
      name,
      `${name} is slower than ${slo.latencyMs} ms at p${round(slo.quantile * 100)}`,
    ),
  ];
}

function instanceAlerts(stack: Stack): Alert[] {
  const services = stack.services.map(({ name }) => name).join('|');
  return [
    alert(
      'InstanceDown',
      'up == 0',
      '2m',
      'ticket',
      '{{ $labels.service }}',
      '{{ $labels.instance }} of {{ $labels.service }} does not answer',
    ),
    ...stack.services.map(({ name }) =>
      alert(
        'ServiceDown',
        `(sum(up{service="${name}"}) or vector(0)) == 0`,
        '1m',
        'page',
        name,
        `No instance of ${name} answers`,
      ),
    ),
    alert(
      'CrashLoop',
      `changes(process_start_time_seconds{service=~"${services}"}[15m]) > 3`,
      '0m',
      'page',
      '{{ $labels.service }}',
      '{{ $labels.service }} keeps restarting',
    ),
    alert(
      'EventLoopBlocked',
      `nodejs_eventloop_lag_p99_seconds{service=~"${services}"} > 0.5`,
      '5m',
      'ticket',
      '{{ $labels.service }}',
      '{{ $labels.service }} blocks its event loop',
    ),
    ...stack.services.map(({ name, limits }) =>
      alert(
        'MemoryNearLimit',
        `process_resident_memory_bytes{service="${name}"} > ${Math.round(limits.memory * 0.9)}`,
        '10m',
        'ticket',
        name,
        `${name} uses more than 90 % of its memory limit`,
      ),
    ),
    alert(
      'OutboxStuck',
      `max by (service) (events_outbox_seconds{service=~"${services}"}) > 60`,
      '5m',
      'page',
      '{{ $labels.service }}',
      'Events of {{ $labels.service }} have not left its outbox for a minute',
    ),
    alert(
      'EventsRefused',
      `max by (service) (events_refused{service=~"${services}"}) > 0`,
      '0m',
      'ticket',
      '{{ $labels.service }}',
      'The broker refuses events of {{ $labels.service }}',
    ),
    alert(
      'EventsDeadLettered',
      `sum by (service) (increase(events_consumed_total{service=~"${services}",outcome="dead"}[15m])) > 0`,
      '0m',
      'ticket',
      '{{ $labels.service }}',
      '{{ $labels.service }} gave up on events',
    ),
  ];
}

/** Several components of a kind have its alerts once: the metrics are those of all of them. */
function componentAlerts(stack: Stack): Alert[] {
  return [...Map.groupBy(stack.components, ({ kind }) => kind)].flatMap(([kind, [first, ...others]]) =>
    (first?.monitoring.alerts ?? []).map((entry) =>
      alert(
        entry.alert,
        entry.expr,
        entry.for,
        entry.severity,
        others.length === 0 ? (first?.name ?? kind) : kind,
        entry.summary,
      ),
    ),
  );
}

const alert = (
  name: string,
  expr: string,
  duration: string,
  severity: 'page' | 'ticket',
  service: string,
  summary: string,
): Alert => ({
  alert: name,
  expr,
  for: duration,
  labels: { severity, service },
  annotations: { summary, runbook: `docs/runbooks/${name}.md` },
});

/** Kills the noise of binary fractions: 1 - 0.999 is not 0.0010000000000000009. */
const round = (value: number): number => Number(value.toPrecision(6));
