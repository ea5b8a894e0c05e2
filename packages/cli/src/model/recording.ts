/** Windows of the multi-window burn-rate alerts (The Site Reliability Workbook, chapter 5). */
export const burnWindows = ['5m', '30m', '1h', '6h'] as const;

/** Rate, errors, duration for each service; `level:metric:operation` as Prometheus' naming practice has it. */
export function recordingGroups(): Record<string, unknown>[] {
  return [
    {
      name: 'red',
      rules: [
        { record: 'service:http_requests:rate5m', expr: 'sum by (service) (rate(http_requests_total[5m]))' },
        {
          record: 'service_route:http_requests:rate5m',
          expr: 'sum by (service, method, route) (rate(http_requests_total[5m]))',
        },
        ...[0.5, 0.95, 0.99].map((quantile) => ({
          record: `service:http_request_duration_seconds:p${quantile * 100}_5m`,
          expr: `histogram_quantile(${quantile}, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))`,
        })),
      ],
    },
    {
      name: 'errors',
      rules: burnWindows.map((window) => ({
        record: errorRatio(window),
        // A service without a single error has no series for it: the `or` makes that a zero, not a gap.
        expr:
          `(sum by (service) (rate(http_requests_total{status=~"5.."}[${window}])) or sum by (service) (rate(http_requests_total[${window}])) * 0)` +
          ` / sum by (service) (rate(http_requests_total[${window}]))`,
      })),
    },
  ];
}

export const errorRatio = (window: (typeof burnWindows)[number]): string =>
  `service:http_errors:ratio_rate${window}`;
