/** Alerts and dashboards only ask for metrics that somebody exports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../platform/repository.fixture.ts';
import { componentsRenderer } from './components/index.ts';
import { hometripStack, rendered } from './hometrip.fixture.ts';

/** Of the runtime: the names in its source. */
const own = readdirSync(join(repository, 'packages/runtime/src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) => [
    ...readFileSync(join(repository, 'packages/runtime/src', file), 'utf8').matchAll(
      /\bname(?::| =) '([a-z_]+)'/g,
    ),
  ])
  .map(([, name]) => name ?? '');
/** Of prom-client, Prometheus itself, and the components. */
const others = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'up',
  'ALERTS',
  'rabbitmq_queue_messages_ready',
  'rabbitmq_global_messages_received_total',
];
const words = new Set([
  'sum',
  'by',
  'rate',
  'max',
  'or',
  'and',
  'vector',
  'changes',
  'increase',
  'count',
  'histogram_quantile',
]);

it('no query asks for a metric that does not exist', async () => {
  const files = await rendered(await hometripStack(), componentsRenderer);
  const rules = ['recording', 'alerts'].flatMap((name) =>
    (
      parse(files.get(`prometheus/rules/${name}.yml`)?.content ?? '') as {
        groups: { rules: { record?: string; expr: string }[] }[];
      }
    ).groups.flatMap(({ rules }) => rules),
  );
  const panels = [...files]
    .filter(([path]) => path.includes('/dashboards/json/'))
    .flatMap(([, { content }]) =>
      (JSON.parse(content) as { panels: { targets?: { expr: string }[] }[] }).panels.flatMap(
        ({ targets = [] }) => targets,
      ),
    );
  const known = new Set([
    ...own.flatMap((name) => [name, `${name}_bucket`]),
    ...others,
    ...rules.flatMap(({ record }) => record ?? []),
  ]);
  const asked = new Set(
    [...rules, ...panels].flatMap(({ expr }) =>
      [...expr.replace(/\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)/g, '').matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*/g)]
        .map(([name]) => name)
        .filter((name) => !words.has(name)),
    ),
  );
  expect(asked.size).toBeGreaterThan(15);
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
});
