import { Counter, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { exposition, prefersOpenMetrics } from './exposition.ts';

it.each([
  [undefined, false],
  ['*/*', false],
  ['text/plain', false],
  ['application/openmetrics-text', true],
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', true],
  ['application/openmetrics-text;version=0.0.1', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text;q=0.5,text/plain;q=0.9', false],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    true,
  ],
])('Accept: %s', (accept, expected) => {
  expect(prefersOpenMetrics(accept)).toBe(expected);
});

it('writes each format as if there were no other', async () => {
  const metrics = new Registry();
  new Counter({ name: 'stays_total', help: 'Stays.', registers: [metrics] }).inc(2);
  const classic = '# HELP stays_total Stays.\n# TYPE stays_total counter\nstays_total 2\n';
  expect((await exposition(metrics, undefined)).text).toBe(classic);
  expect((await exposition(metrics, 'application/openmetrics-text')).text).toBe(
    '# HELP stays Stays.\n# TYPE stays counter\nstays_total 2\n# EOF\n',
  );
  expect((await exposition(metrics, undefined)).text).toBe(classic);
});
