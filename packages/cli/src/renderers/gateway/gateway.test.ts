import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose } from '../compose/index.ts';
import { hometripStack, rendered } from '../hometrip.fixture.ts';
import { gateway } from './index.ts';

const stack = await hometripStack();
const files = await rendered(stack, gateway, compose);
const table = JSON.parse(files.get('gateway/routes.json')?.content ?? '{}');

it('names the service and the limit behind each path', () => {
  expect(table.routes).toContainEqual({ prefix: '/api/v1/auth', service: 'auth-service', limit: 'auth' });
  expect(table.routes).toContainEqual({
    prefix: '/api/v1/bookings',
    service: 'booking-service',
    limit: 'api',
  });
});

it('lets as many requests through at once as nginx does with the same limit: the burst, and one', async () => {
  expect(table.limits.auth).toEqual({ rate: 5, burst: 11 });
  const strict = { ...stack, rateLimits: stack.rateLimits.map((limit) => ({ ...limit, burst: 0 })) };
  const file = (await rendered(strict, gateway)).get('gateway/routes.json');
  expect(JSON.parse(file?.content ?? '').limits.auth).toEqual({ rate: 5, burst: 1 });
});

it('says how the requests of a service are spread, and how long they may take', () => {
  expect(table.services['booking-service']).toMatchObject({ balance: 'least_conn', timeoutMs: 10_000 });
});

it('says whose POST may be sent again with an Idempotency-Key: what creates an entity', () => {
  expect(table.services['message-service'].idempotent).toEqual(['/api/v1/conversations', '/api/v1/messages']);
  expect(table.services['auth-service']).not.toHaveProperty('idempotent');
});

it('reaches the gateway in a folder, since a mounted file would stay the old one', () => {
  const container = parse(files.get('docker-compose.yml')?.content ?? '').services['api-gateway'];
  expect(container.environment.GATEWAY_ROUTES_FILE).toBe('/etc/hometrip/gateway/routes.json');
  expect(container.volumes).toEqual([
    { type: 'bind', source: './gateway', target: '/etc/hometrip/gateway', read_only: true },
  ]);
});

it('lets the edge, and nobody else, say whose request it passes on', () => {
  const { services } = parse(files.get('docker-compose.yml')?.content ?? '');
  expect(services['api-gateway'].environment.TRUSTED_PROXIES).toBe('nginx');
  expect(services['booking-service'].environment).not.toHaveProperty('TRUSTED_PROXIES');
});
