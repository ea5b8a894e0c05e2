import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hometripStack, rendered } from '../hometrip.fixture.ts';
import { stackOf } from '../services/stack.fixture.ts';
import { compose } from './index.ts';

interface Container {
  environment?: Record<string, string>;
  ports?: { target: number; published: string; host_ip?: string }[];
  networks: string[];
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck: { test: string[] };
  deploy: { replicas: number; resources: { limits: { cpus: string; memory: string } } };
  cap_drop: string[];
  user?: string;
}

const stack = await hometripStack();
const files = await rendered(stack, compose);
const document = parse(files.get('docker-compose.yml')?.content ?? '') as {
  services: Record<string, Container>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
};
const containers = Object.entries(document.services);

describe('docker-compose.yml of HomeTrip', () => {
  it('has the 22 containers', () => {
    expect(containers).toHaveLength(22);
  });

  it('keeps the data of every store in a named volume', () => {
    expect(Object.keys(document.volumes)).toEqual([
      'consul-data',
      'elasticsearch-data',
      'grafana-data',
      'mongodb-config',
      'mongodb-data',
      'nginx-cache',
      'postgres-data',
      'prometheus-data',
      'rabbitmq-data',
      'redis-data',
    ]);
  });

  it('lets only the edge join the public network, and only the edge listen beyond loopback', () => {
    expect(
      containers.filter(([, { networks }]) => networks.includes('public')).map(([name]) => name),
    ).toEqual(['nginx']);
    const open = containers.filter(([, { ports }]) => ports?.some(({ host_ip }) => host_ip !== '127.0.0.1'));
    expect(open.map(([name]) => name)).toEqual(['nginx']);
  });

  it('gives each container a health check, limits and no rights that it does not need', () => {
    for (const [name, container] of containers) {
      expect(container.healthcheck.test[0], name).toBe('CMD');
      expect(container.deploy.resources.limits.memory, name).toMatch(/^\d+M$/);
      expect(container.cap_drop, name).toEqual(['ALL']);
    }
  });

  it('starts a service when what it depends on is healthy', () => {
    expect(document.services['booking-service']?.depends_on).toMatchObject({
      postgres: { condition: 'service_healthy' },
      rabbitmq: { condition: 'service_healthy' },
      'listing-service': { condition: 'service_healthy' },
    });
  });

  it('hands out passwords as files, never as values', () => {
    expect(document.services['booking-service']?.environment).toMatchObject({
      DATABASE_URL: 'postgres://booking@postgres:5432/booking',
      DATABASE_PASSWORD_FILE: '/run/secrets/booking-database-password',
      EVENTS_URL: 'amqp://hometrip@rabbitmq:5672',
    });
    const values = containers.flatMap(([, { environment }]) => Object.entries(environment ?? {}));
    expect(
      values.filter(([name, value]) => /PASSWORD|_KEY/.test(name) && !value.startsWith('/run/secrets/')),
    ).toEqual([]);
    for (const [name, { secrets = [] }] of containers) expect(secrets, name).toEqual([...new Set(secrets)]);
  });

  it('gives a service its own database password and no other', () => {
    const own = (name: string) =>
      document.services[name]?.secrets?.filter((secret) => secret.endsWith('-database-password'));
    expect(own('booking-service')).toEqual(['booking-database-password']);
    expect(own('api-gateway') ?? []).toEqual([]);
  });

  it('runs the replicas of services.yaml', () => {
    expect(document.services['booking-service']?.deploy.replicas).toBe(3);
    expect(document.services['api-gateway']?.deploy.replicas).toBe(3);
  });

  it('leaves out a component that is external, and asks for its address', async () => {
    const production = await rendered(await hometripStackWith('production'), compose);
    const text = production.get('docker-compose.yml')?.content ?? '';
    expect(Object.keys((parse(text) as typeof document).services)).not.toContain('postgres');
    expect(text).toContain('DATABASE_URL: ${DATABASE_URL:?set DATABASE_URL in .env}');
    expect(production.get('.env.example')?.content).toContain('DATABASE_URL=\n');
  });
});

async function hometripStackWith(env: string) {
  process.env['DATABASE_URL'] ??= 'postgres://db.example/hometrip';
  return hometripStack(env);
}

it('keeps the default of an external address, and gives each service a database of its own there', async () => {
  const stack = stackOf(`
name: shop
version: 1
components: { postgres: { external: "\${PG_URL:-postgres://admin@db.internal:5432}", addresses: { bill-service: "\${BILL_URL}" } } }
services:
  order-service: { port: 4001, database: postgres, entities: { order: { title: text } } }
  stock-service: { port: 4002, database: postgres, entities: { item: { title: text } } }
  bill-service: { port: 4003, database: postgres, entities: { bill: { title: text } } }
`);
  const output = await rendered(stack, compose);
  const { services } = parse(output.get('docker-compose.yml')?.content ?? '') as typeof document;
  const databases = Object.entries(services).map(([name, { environment = {} }]) => [
    name,
    environment['DATABASE_URL'],
    environment['DATABASE_NAMESPACE'],
    environment['DATABASE_PASSWORD_FILE'],
  ]);
  const server = '${PG_URL:-postgres://admin@db.internal:5432}';
  expect(databases).toEqual([
    ['bill-service', '${BILL_URL:?set BILL_URL in .env}', undefined, undefined],
    ['order-service', server, 'shop_order', '/run/secrets/order-database-password'],
    ['stock-service', server, 'shop_stock', '/run/secrets/stock-database-password'],
  ]);
  const settings = output.get('.env.example')?.content;
  expect(settings).toContain('\nPG_URL=postgres://admin@db.internal:5432\n');
  expect(settings).toContain('\nBILL_URL=\n');
});

describe('mail in docker-compose.yml', () => {
  const composed = async (smtp: string) => {
    const mailing = stackOf(`
name: shop
version: 1
components: { postgres: {}, smtp: ${smtp} }
services:
  order-service:
    port: 4001
    database: postgres
    uses: [smtp]
    entities: { order: { title: text } }
  stock-service: { port: 4002, database: postgres, entities: { item: { title: text } } }
`);
    const text = (await rendered(mailing, compose)).get('docker-compose.yml')?.content ?? '';
    return parse(text) as typeof document;
  };

  it('goes to the server outside of the stack that is named, with its password in a file', async () => {
    const { services, secrets } = await composed(
      '{ external: "smtps://shop@mail.example.com", from: Shop <no-reply@example.com> }',
    );
    expect(services['order-service']).toMatchObject({
      environment: {
        MAILER_URL: 'smtps://shop@mail.example.com',
        MAILER_FROM: 'Shop <no-reply@example.com>',
        MAILER_PASSWORD_FILE: '/run/secrets/smtp-password',
      },
      secrets: expect.arrayContaining(['smtp-password']),
    });
    expect(secrets['smtp-password']?.file).toContain('/smtp-password');
    expect(Object.keys(services).sort()).toEqual(['order-service', 'postgres', 'stock-service']);
    expect(JSON.stringify(services['stock-service'])).not.toMatch(/MAILER|smtp/);
  });

  it('is kept in a mailbox with a web page on the loopback interface where none is named', async () => {
    const { services, secrets } = await composed('{}');
    expect(services['order-service']?.environment).toMatchObject({
      MAILER_URL: 'smtp://smtp:1025?starttls=off',
      MAILER_FROM: 'no-reply@localhost',
    });
    expect(services['smtp']?.ports).toEqual([
      expect.objectContaining({ target: 8025, published: '8025', host_ip: '127.0.0.1' }),
    ]);
    expect(secrets).not.toHaveProperty('smtp-password');
  });
});
