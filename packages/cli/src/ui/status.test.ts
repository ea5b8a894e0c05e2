import { expect, it } from 'vitest';
import type { StackStatus } from '../usecases/status.ts';
import { statusText } from './status.ts';
import { width } from './width.ts';

const instance: StackStatus['instances'][number] = {
  service: 'notification-service',
  replica: 1,
  state: 'unready',
  pid: 4711,
  port: 4009,
  fingerprint: '',
  restarts: 0,
  since: new Date().toISOString(),
  reason: 'database (connection refused by the server), broker (connection refused)',
  cpu: 0.5,
  memory: 80 * 2 ** 20,
  rates: undefined,
};
const status: StackStatus = {
  stack: 'demo',
  running: true,
  supervisor: 'running',
  instances: [instance],
  scaledToZero: ['review-service'],
  components: [],
  urls: [],
};
const at = (columns: number, shown: StackStatus = status): string[] =>
  statusText(shown, { columns, style: (_, text) => text }, { all: false }).split('\n');

it('a service that is scaled to zero has its row', () => {
  const [header, , row, next] = at(100);
  expect(row).toMatch(/^review-service +scaled to 0$/);
  expect(next).toBe('brought back by: hometrip scale review-service=1');
  expect(row?.indexOf('scaled')).toBe(header?.indexOf('STATE'));
});

it('when nothing else runs, too', () => {
  expect(at(100, { ...status, instances: [] })).toHaveLength(3);
});

it.each([80, 200])(
  'says at %d columns where clients find a service, not only where its instance is',
  (columns) => {
    const urls = [
      { service: 'notification-service', url: 'http://127.0.0.1:4310', kind: 'service' as const },
    ];
    const [header, row] = at(columns, { ...status, urls });
    expect(header).toMatch(columns === 80 ? /STATE +ADDRESS +CPU/ : /STATE +ADDRESS +OWN PORT/);
    expect(row).toMatch(/^notification-service#1 +unready +127\.0\.0\.1:4310 /);
  },
);

it.each([80, 100, 200])('fits into %d columns, and cuts no word', (columns) => {
  const lines = at(columns);
  for (const line of lines) expect(width(line), line).toBeLessThanOrEqual(columns);
  const words = new Set(`${instance.reason} ${at(1000).join(' ')}`.split(/[\s,…]+/));
  for (const word of lines
    .join(' ')
    .split(/[\s,…]+/)
    .filter(Boolean))
    expect(words).toContain(word);
});
