/** Two components of a kind, under names of their own, in all that is generated and in the embedded stack. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { embeddedDatabases, providerOf } from '../drivers/embedded/substitutes.ts';
import { rendered } from '../renderers/hometrip.fixture.ts';
import { renderers } from '../renderers/index.ts';
import { stackOf } from '../renderers/services/stack.fixture.ts';

const stack = stackOf(`name: shop
version: 1
components:
  postgres: { version: 17 }
  ledger: { kind: postgres, version: 16, port: 5433 }
  archive: { kind: mongodb }
  redis: { offers: [pubsub, rate-limit] }
  sessions: { kind: redis, port: 6380, offers: [cache] }
  broker: { kind: rabbitmq }
  watch: { kind: prometheus }
  boards: { kind: grafana }
  front: { kind: nginx }
events:
  order.created: { orderId: uuid }
gateways: { gate: { port: 3001, public: true, blueprint: api-gateway, uses: [redis] } }
services:
  order-service:
    port: 4001
    database: postgres
    uses: [sessions, redis]
    publishes: [order.created]
    entities: { order: { title: string(80) } }
  bill-service:
    port: 4002
    database: ledger
    uses: [sessions]
    entities: { bill: { title: string(80) } }
  note-service: { port: 4003, database: archive, entities: { note: { title: string(80) } } }
`);
const files = await rendered(stack, ...renderers);
const text = (path: string): string => files.get(path)?.content ?? `no ${path}`;
const compose = parse(text('docker-compose.yml'));

it('each has a container, a volume and a password of its own', () => {
  expect(compose.services.ledger).toMatchObject({
    image: 'postgres:16-alpine',
    ports: [{ target: 5432, published: '5433' }],
    secrets: ['ledger-superuser-password', 'bill-database-password'],
  });
  expect(compose.services.postgres).toMatchObject({
    image: 'postgres:17-alpine',
    secrets: ['postgres-superuser-password', 'order-database-password'],
  });
  expect(Object.keys(compose.volumes)).toEqual(
    expect.arrayContaining(['ledger-data', 'postgres-data', 'archive-data', 'redis-data', 'sessions-data']),
  );
});

it('each is set up and backed up for the services that store their data in it', () => {
  expect(text('scripts/init-postgres.sh')).toMatch(/^create_database order "/m);
  expect(text('scripts/init-postgres.sh')).not.toContain('bill');
  expect(text('scripts/init-postgres-ledger.sh')).toMatch(/^create_database bill "/m);
  expect(text('scripts/init-mongodb-archive.js')).toContain("name: 'note'");
  expect(text('scripts/backup.sh')).toContain('exec -T postgres pg_dump');
  expect(text('scripts/backup-ledger.sh')).toContain('exec -T ledger pg_dump');
  expect(text('scripts/migrate.sh')).toContain('set -- order-service bill-service\n');
  const mounted = Object.values(
    compose.services as Record<string, { volumes?: { type: string; source: string }[] }>,
  )
    .flatMap(({ volumes = [] }) => volumes)
    .filter(({ type }) => type === 'bind')
    .map(({ source }) => source.replace('./', ''));
  for (const source of mounted)
    expect(
      [...files.keys()].some((path) => path === source || path.startsWith(`${source}/`)),
      source,
    ).toBe(true);
});

it('a service reaches the one that it names', () => {
  expect(compose.services['bill-service'].environment).toMatchObject({
    DATABASE_URL: 'postgres://bill@ledger:5432/bill',
    CACHE_URL: 'redis://sessions:6379/0',
  });
  expect(compose.services['order-service'].environment).toMatchObject({
    DATABASE_URL: 'postgres://order@postgres:5432/order',
    CACHE_URL: 'redis://sessions:6379/0',
    PUBSUB_URL: 'redis://redis:6379/0',
    RATE_LIMIT_URL: 'redis://redis:6379/0',
    EVENTS_URL: 'amqp://hometrip@broker:5672',
  });
  expect(compose.services['bill-service'].environment).not.toHaveProperty('PUBSUB_URL');
  expect(text('services/order-service/src/service.ts')).toMatch(/cache: true/);
});

it('one dashboard and one set of alerts stand for all of a kind', () => {
  const boards = [...files.keys()].filter((path) =>
    path.startsWith('grafana-boards/provisioning/dashboards/json/shop-_'),
  );
  expect(boards).toEqual(['grafana-boards/provisioning/dashboards/json/shop-_postgres.json']);
  const { groups } = parse(text('prometheus-watch/rules/alerts.yml'));
  const alerts = groups.flatMap(({ rules }: { rules: { alert: string }[] }) => rules);
  expect(alerts.filter(({ alert }: { alert: string }) => alert === 'DatabasePoolSaturated')).toHaveLength(1);
  const { scrape_configs: jobs } = parse(text('prometheus-watch/prometheus.yml'));
  expect(jobs.map(({ job_name: name }: { job_name: string }) => name)).toEqual(
    expect.arrayContaining(['boards', 'broker', 'watch', 'bill-service']),
  );
  const { datasources } = parse(text('grafana-boards/provisioning/datasources/datasources.yml'));
  expect(datasources).toMatchObject([{ uid: 'watch', url: 'http://watch:9090' }]);
  expect(text('grafana-boards/provisioning/dashboards/json/shop-overview.json')).toContain('"uid": "watch"');
});

it('the embedded server keeps a database for each of them', () => {
  expect(embeddedDatabases(stack).map(({ name }) => name)).toEqual([
    'bill',
    'hometrip_cache',
    'hometrip_cache_sessions',
    'hometrip_events_broker',
    'note',
    'order',
  ]);
  expect(Object.fromEntries(stack.components.map((one) => [one.name, providerOf(one)]))).toMatchObject({
    ledger: 'embedded PostgreSQL',
    postgres: 'embedded PostgreSQL',
    sessions: 'embedded PostgreSQL (unlogged tables)',
    front: "hometrip edge (connection balancer on the services' ports)",
    boards: 'not run by the embedded driver (hometrip status --all shows the figures)',
  });
});
