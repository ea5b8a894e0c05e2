import { describe, expect, it } from 'vitest';
import { componentKinds } from '../components/index.ts';
import { checkSpec } from '../spec/check.ts';
import { bigSpec } from '../spec/testing/big-spec.ts';
import { stockBlueprints } from '../spec/blueprints/load.ts';
import { resolveExpression } from './expression.ts';
import { resolveStack } from './resolve.ts';
import type { Stack } from './stack.ts';

const blueprints = stockBlueprints();

function stackOf(text: string, environment?: string): Stack {
  const { spec, diagnostics } = checkSpec(
    'services.yaml',
    new TextEncoder().encode(`name: demo\nversion: 1\n${text}`),
    { kinds: componentKinds, blueprints, environment },
  );
  if (!spec) throw new Error(JSON.stringify(diagnostics));
  return resolveStack(spec, { kinds: componentKinds, blueprints: blueprints.all, environment });
}

const service = (stack: Stack, name: string) => stack.services.find((candidate) => candidate.name === name);
const workload = (stack: Stack, name: string) => stack.workloads.find((candidate) => candidate.name === name);

const shop = `
components: { postgres: {}, redis: {}, rabbitmq: {}, consul: {}, jaeger: {}, mongodb: {}, nginx: {} }
rateLimits:
  api: { rate: 120/m, burst: 5 }
events:
  order.created: { orderId: uuid, total: money }
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
gateways:
  api-gateway: { port: 3001, replicas: 2, public: true, uses: [redis], rateLimit: api }
services:
  auth-service: { blueprint: auth, port: 4001, database: postgres, publishes: [user.registered, user.erased] }
  order-service:
    port: 4002
    database: postgres
    calls: [stock-service]
    publishes: [order.created]
    limits: { memory: 1G }
    slo: { latency: 1s@p99 }
    autoscale: { max: 4 }
    entities:
      order: { owner: user, lines: json, total: money }
      order-note: { orderId: order, text: text }
  stock-service:
    port: 4003
    database: mongodb
    subscribes: [order.created]
environments:
  production:
    components: { postgres: { external: "\${DATABASE_URL}" } }
    services: { order-service: { replicas: 6 } }
`;

describe('the stack of a spec', () => {
  const stack = stackOf(shop);

  it('applies defaults and keeps what a service says itself', () => {
    expect(service(stack, 'order-service')).toMatchObject({
      blueprint: { id: 'crud' },
      replicas: 1,
      balance: 'round_robin',
      limits: { cpus: 0.5, memory: 1024 ** 3 },
      slo: { availability: 0.999, latencyMs: 1000, quantile: 0.99 },
      autoscale: { min: 1, max: 4, cpu: 70 },
    });
    expect(service(stack, 'api-gateway')).toMatchObject({
      blueprint: { id: 'api-gateway' },
      kind: 'gateway',
      public: true,
    });
  });

  it('binds each service to what it needs and to nothing else', () => {
    const bindings = (name: string) =>
      service(stack, name)?.bindings.map(({ capability, component }) => `${capability}=${component}`);
    // Pub/sub, which no spec names here, is where revoked tokens are announced.
    expect(bindings('order-service')).toEqual([
      'database=postgres',
      'events=rabbitmq',
      'pubsub=redis',
      'registry=consul',
      'traces=jaeger',
    ]);
    expect(bindings('stock-service')).toEqual([
      'documents=mongodb',
      'events=rabbitmq',
      'pubsub=redis',
      'registry=consul',
      'traces=jaeger',
    ]);
    // It publishes nothing here, and its blueprint's code still needs the bus.
    expect(bindings('auth-service')).toEqual([
      'database=postgres',
      'events=rabbitmq',
      'pubsub=redis',
      'registry=consul',
      'traces=jaeger',
    ]);
    expect(bindings('api-gateway')).toEqual([
      'cache=redis',
      'pubsub=redis',
      'rate-limit=redis',
      'registry=consul',
      'traces=jaeger',
    ]);
  });

  it('needs pub/sub of the runtime only where tokens are issued, and shows it in no `uses`', () => {
    const without = stackOf(shop.replace('blueprint: auth, ', ''));
    const bindings = (of: typeof stack) =>
      service(of, 'order-service')?.bindings.map(({ capability, implied }) => [capability, implied]);
    expect(bindings(stack)).toContainEqual(['pubsub', true]);
    expect(bindings(without)).not.toContainEqual(['pubsub', true]);
    expect(service(stack, 'order-service')?.uses).not.toContain('redis');
    expect(
      service(stack, 'api-gateway')?.bindings.find(({ capability }) => capability === 'pubsub'),
    ).not.toHaveProperty('implied');
  });

  it('starts dependencies first, waits for nobody’s traces, and puts the edge last', () => {
    expect(stack.workloads.map(({ name, dependsOn }) => [name, ...dependsOn].join(' '))).toEqual([
      'consul',
      'jaeger',
      'mongodb',
      'postgres',
      'rabbitmq',
      'redis',
      'auth-service consul postgres rabbitmq redis',
      'stock-service auth-service consul mongodb rabbitmq redis',
      'order-service auth-service consul postgres rabbitmq redis stock-service',
      'api-gateway auth-service consul redis',
      'nginx api-gateway',
    ]);
  });

  it('gives a service its environment without any password, and the passwords as files', () => {
    expect(workload(stack, 'order-service')).toMatchObject({
      source: 'services/order-service',
      environment: {
        SERVICE_NAME: 'order-service',
        PORT: '4002',
        AUTH_ISSUER: 'demo',
        AUTH_AUDIENCE: 'demo',
        AUTH_JWKS_URL: 'service://auth-service/api/v1/auth/jwks',
      },
      secrets: [
        { secret: 'order-database-password', env: 'DATABASE_PASSWORD_FILE' },
        { secret: 'rabbitmq-password', env: 'EVENTS_PASSWORD_FILE' },
        { secret: 'redis-password', env: 'PUBSUB_PASSWORD_FILE' },
        { secret: 'order-service-identity-key', env: 'SERVICE_IDENTITY_KEY_FILE' },
        { secret: 'service-identities', env: 'SERVICE_IDENTITIES_FILE' },
      ],
      health: { kind: 'http', port: 'http', path: '/health/ready' },
    });
    const url = workload(stack, 'order-service')?.environment['DATABASE_URL'] ?? '';
    expect(resolveExpression(url, (reference) => JSON.stringify(reference))).toBe(
      'postgres://order@{"kind":"endpoint","workload":"postgres","port":"sql"}/order',
    );
    const trusted = (name: string) =>
      resolveExpression(workload(stack, name)?.environment['TRUSTED_PROXIES'] ?? '', (reference) =>
        reference.kind === 'host' ? reference.workload : '',
      );
    expect(['api-gateway', 'auth-service', 'order-service'].map(trusted)).toEqual([
      'nginx',
      'nginx,api-gateway',
      '',
    ]);
    expect(workload(stack, 'auth-service')?.secrets).toContainEqual({
      secret: 'auth-signing-key',
      env: 'AUTH_SIGNING_KEY_FILE',
    });
    // Nobody but the service itself can speak for it.
    const holders = stack.workloads.filter(({ secrets }) =>
      secrets.some(({ secret }) => secret === 'order-service-identity-key'),
    );
    expect(holders.map(({ name }) => name)).toEqual(['order-service']);
    const named = new Set(stack.secrets.map(({ name }) => name));
    expect(
      stack.workloads
        .flatMap(({ secrets }) => secrets.map(({ secret }) => secret))
        .filter((secret) => !named.has(secret)),
    ).toEqual([]);
  });

  it('names entities for every place and knows where references lead', () => {
    const [order, note] = service(stack, 'order-service')?.entities ?? [];
    expect(order).toMatchObject({
      ownerField: 'owner',
      access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
    });
    expect(note).toMatchObject({
      names: { path: 'order-notes' },
      ownerField: undefined,
      access: { read: 'user', create: 'admin', update: 'admin', delete: 'admin' },
    });
    expect(note?.fields[0]).toMatchObject({
      name: 'orderId',
      column: 'order_id',
      type: { kind: 'reference', entity: 'order', service: 'order-service' },
    });
  });

  it('routes the longest path first, with the gateway’s limit where the service has none', () => {
    expect(stack.routes).toEqual([
      { prefix: '/api/v1/order-notes', service: 'order-service', rateLimit: 'api' },
      { prefix: '/api/v1/orders', service: 'order-service', rateLimit: 'api' },
      { prefix: '/api/v1/auth', service: 'auth-service', rateLimit: 'api' },
    ]);
    expect(stack.rateLimits).toEqual([{ name: 'api', rate: 2, burst: 5 }]);
  });

  it('connects events with who publishes and who consumes them', () => {
    expect(stack.events).toMatchObject([
      { name: 'order.created', publishers: ['order-service'], subscribers: ['stock-service'] },
      { name: 'user.erased', publishers: ['auth-service'], subscribers: [] },
      { name: 'user.registered', publishers: ['auth-service'], subscribers: [] },
    ]);
  });

  it('gives each service a database of its own, with the extensions of its blueprint', () => {
    expect(
      stack.databases.map(({ name, component, extensions }) => [name, component, ...extensions].join(' ')),
    ).toEqual(['auth postgres citext', 'order postgres', 'stock mongodb']);
  });

  it('publishes a gateway only where no component is the edge', () => {
    expect(workload(stack, 'api-gateway')?.ports).toMatchObject([{ published: undefined, public: false }]);
    const alone = stackOf('gateways: { api-gateway: { port: 3001, public: true } }\n');
    expect(workload(alone, 'api-gateway')).toMatchObject({
      ports: [
        { name: 'http', published: 3001, public: true },
        // Health and metrics are not for clients.
        { name: 'operations', published: undefined, public: false },
      ],
      environment: { OPERATIONS_PORT: '9464' },
      health: { port: 'operations' },
      networks: ['private', 'public'],
    });
    expect(workload(stack, 'api-gateway')?.environment).not.toHaveProperty('OPERATIONS_PORT');
  });

  it('is plain, frozen and equal for equal input', () => {
    expect(JSON.stringify(stackOf(shop))).toBe(JSON.stringify(stack));
    expect(() => Object.assign(stack.workloads[0] as object, { replicas: 9 })).toThrow(TypeError);
    expect(() =>
      Object.assign(service(stack, 'order-service')?.entities[0]?.access as object, { read: 'public' }),
    ).toThrow(TypeError);
  });
});

describe('an overlay', () => {
  const production = stackOf(shop, 'production');

  it('replaces a component by a server that runs elsewhere', () => {
    expect(workload(production, 'postgres')).toBeUndefined();
    expect(production.components.find(({ name }) => name === 'postgres')?.external).toEqual({
      parts: [{ kind: 'environment', variable: 'DATABASE_URL' }],
    });
    expect(production.databases.find(({ service }) => service === 'order-service')).toMatchObject({
      name: `${production.name}_order`,
      place: 'server',
      secret: 'order-database-password',
    });
    expect(service(production, 'order-service')?.bindings).toContainEqual({
      capability: 'database',
      component: 'postgres',
      env: 'DATABASE_URL',
      url: { parts: [{ kind: 'environment', variable: 'DATABASE_URL' }] },
      secret: 'order-database-password',
      settings: { DATABASE_NAMESPACE: `${production.name}_order` },
    });
    expect(workload(production, 'order-service')?.dependsOn).not.toContain('postgres');
  });

  it('changes what it names alone', () => {
    expect([
      production.environment,
      service(production, 'order-service')?.replicas,
      service(production, 'stock-service')?.replicas,
    ]).toEqual(['production', 6, 1]);
  });
});

it('resolves a thousand services', () => {
  const text = bigSpec(1000).replace('name: big\nversion: 1\n', '');
  const stack = stackOf(text);
  expect([stack.services.length, stack.routes.length, stack.events.length]).toEqual([1001, 2000, 1000]);
});
