import { expect, test } from 'vitest';
import { parseMetrics, rates } from './metrics.ts';

const text = (
  ok: number,
  failed: number,
  fast: number,
  slow: number,
): string => `# TYPE http_requests_total counter
http_requests_total{method="GET",route="/api/v1/rooms",status="200"} ${ok}
http_requests_total{method="GET",route="/api/v1/rooms",status="503"} ${failed}
http_requests_total{method="GET",route="/health/ready",status="200"} 1000
http_request_duration_seconds_bucket{le="0.1",method="GET",route="/api/v1/rooms"} ${fast}
http_request_duration_seconds_bucket{le="0.2",method="GET",route="/api/v1/rooms"} ${fast + slow}
http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/v1/rooms"} ${fast + slow}
`;

test('figures are of the time between two samples, and of users alone', () => {
  const before = parseMetrics(text(100, 0, 100, 0), 0);
  const now = parseMetrics(text(190, 10, 190, 10), 2_000);
  // 95 of the 100 new requests: all 90 fast ones, and half of the 10 between 100 and 200 ms.
  expect(rates(now, before)).toEqual({ requestsPerSecond: 50, p95: expect.closeTo(150), errorRate: 0.1 });
});

test('without requests there is no latency', () => {
  const sample = parseMetrics(text(5, 0, 5, 0), 0);
  expect(rates({ ...sample, at: 1_000 }, sample)).toEqual({
    requestsPerSecond: 0,
    p95: undefined,
    errorRate: undefined,
  });
});
