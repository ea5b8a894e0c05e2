import type { Service, Stack } from '../../model/stack.ts';
import { alertGroups, type Alert, burnRates, failingShare } from '../../model/alerts.ts';

/** For each service: bad traffic must alert within minutes, good traffic must not. `promtool test rules` runs them. */
export function ruleTests(stack: Stack): Record<string, unknown> {
  const alerts = alertGroups(stack).flatMap(({ rules }) => rules);
  return {
    rule_files: ['../rules/recording.yml', '../rules/alerts.yml'],
    evaluation_interval: '1m',
    tests: stack.services.flatMap((service) => [
      failing(service, alerts),
      healthy(service),
      slow(service, alerts),
      gone(service, stack, alerts),
    ]),
  };
}

/** Half of the requests fail, or all where half is hardly too much, for an hour and a quarter: as long as the alert looks back, and a little. */
function failing(service: Service, alerts: readonly Alert[]) {
  const half = failingShare(service, burnRates.fast) < 0.5;
  return {
    name: `${service.name}: errors burn the budget`,
    interval: '1m',
    input_series: [requests(service, 200, half ? '0+60x75' : '0+0x75'), requests(service, 500, '0+60x75')],
    alert_rule_test: [expected('ErrorBudgetBurnsFast', '70m', service, alerts)],
    promql_expr_test: [
      {
        expr: `service:http_requests:rate5m{service="${service.name}"}`,
        eval_time: '60m',
        exp_samples: [
          { labels: `service:http_requests:rate5m{service="${service.name}"}`, value: half ? 2 : 1 },
        ],
      },
      {
        expr: `service:http_errors:ratio_rate5m{service="${service.name}"}`,
        eval_time: '60m',
        exp_samples: [
          { labels: `service:http_errors:ratio_rate5m{service="${service.name}"}`, value: half ? 0.5 : 1 },
        ],
      },
    ],
  };
}

function healthy(service: Service) {
  return {
    name: `${service.name}: good traffic is quiet`,
    interval: '1m',
    input_series: [
      requests(service, 200, '0+60x75'),
      ...durations(service, [0.005, service.slo.latencyMs / 1000]),
    ],
    alert_rule_test: ['ErrorBudgetBurnsFast', 'ErrorBudgetBurnsSlowly', 'LatencyAboveTarget'].map(
      (alertname) => ({ eval_time: '70m', alertname, exp_alerts: [] }),
    ),
  };
}

/** Every request takes at least four times as long as it may. */
function slow(service: Service, alerts: readonly Alert[]) {
  const limit = service.slo.latencyMs / 1000;
  return {
    name: `${service.name}: slow answers are noticed`,
    interval: '1m',
    input_series: [
      bucket(service, String(limit * 4), '0+0x60'),
      bucket(service, String(limit * 8), '0+60x60'),
      bucket(service, '+Inf', '0+60x60'),
    ],
    alert_rule_test: [expected('LatencyAboveTarget', '30m', service, alerts)],
  };
}

/** All others answer, so that one alert is all there is. */
function gone(service: Service, stack: Stack, alerts: readonly Alert[]) {
  const up = ({ name }: Service) => ({
    series: `up{job="${name}",service="${name}",instance="a:1"}`,
    values: name === service.name ? '0x10' : '1x10',
  });
  return {
    name: `${service.name}: no instance answers`,
    interval: '1m',
    input_series: stack.services.map(up),
    alert_rule_test: [expected('ServiceDown', '5m', service, alerts)],
  };
}

function expected(name: string, at: string, service: Service, alerts: readonly Alert[]) {
  const alert = alerts.find(
    (candidate) => candidate.alert === name && candidate.labels['service'] === service.name,
  );
  return {
    eval_time: at,
    alertname: name,
    exp_alerts: [{ exp_labels: alert?.labels, exp_annotations: alert?.annotations }],
  };
}

const labels = (service: Service, rest: string) =>
  `{service="${service.name}",instance="a:1",method="GET",route="/things"${rest}}`;
const requests = (service: Service, status: number, values: string) => ({
  series: `http_requests_total${labels(service, `,status="${status}"`)}`,
  values,
});
const bucket = (service: Service, le: string, values: string) => ({
  series: `http_request_duration_seconds_bucket${labels(service, `,le="${le}"`)}`,
  values,
});
const durations = (service: Service, bounds: readonly number[]) =>
  [...bounds.map(String), '+Inf'].map((le) => bucket(service, le, '0+60x75'));
