/** What the edge, the gateways and the services have to agree upon. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose } from '../../renderers/compose/index.ts';
import { gateway } from '../../renderers/gateway/index.ts';
import { rendered } from '../../renderers/hometrip.fixture.ts';
import { stackOf } from '../../renderers/services/stack.fixture.ts';
import { componentsRenderer } from '../../renderers/components/index.ts';

const spec = (top: string, slo = '300ms@p95') => `name: trips
version: 1
${top}
components: { postgres: {}, nginx: {} }
gateways: { front: { blueprint: api-gateway, port: 3001, public: true } }
services:
  rooms: { port: 4001, database: postgres, slo: { latency: ${slo} }, entities: { room: { title: string(80) } } }
`;

async function settings(text: string) {
  const files = await rendered(stackOf(text), componentsRenderer, compose, gateway);
  const { services } = parse(files.get('docker-compose.yml')?.content ?? '') as {
    services: Record<string, { environment: Record<string, string> }>;
  };
  return {
    nginx: files.get('nginx/nginx.conf')?.content ?? '',
    proxy: files.get('nginx/proxy_params.conf')?.content ?? '',
    environment: (name: string) => services[name]?.environment ?? {},
    routes: JSON.parse(files.get('gateway/routes.json')?.content ?? '{}'),
  };
}

it('refuses the same bodies everywhere: 1 MiB where nothing is said, and what bodyLimit says', async () => {
  const plain = await settings(spec(''));
  expect(plain.nginx).toContain('client_max_body_size 1048576;');
  for (const name of ['front', 'rooms'])
    expect(plain.environment(name)).not.toHaveProperty('BODY_LIMIT_BYTES');
  const larger = await settings(spec('bodyLimit: 10M'));
  expect(larger.nginx).toContain('client_max_body_size 10485760;');
  for (const name of ['front', 'rooms'])
    expect(larger.environment(name)['BODY_LIMIT_BYTES']).toBe('10485760');
});

it('believes the proxies in front, and nobody else, whose request it is', async () => {
  expect((await settings(spec(''))).nginx).not.toContain('set_real_ip_from');
  const { nginx: text, environment } = await settings(spec('trustedProxies: [10.0.0.0/8, "fd00::1"]'));
  expect(text).toContain(
    '  set_real_ip_from 10.0.0.0/8;\n  set_real_ip_from fd00::1;\n  real_ip_header X-Forwarded-For;\n',
  );
  expect(environment('front')['TRUSTED_PROXIES']).toBe('nginx');
  expect(environment('rooms')).not.toHaveProperty('TRUSTED_PROXIES');
});

it('takes no gateway out of the pool for what a service behind it answers, or does not', async () => {
  const { nginx: text, proxy, routes } = await settings(spec('', '2s@p95'));
  expect(proxy).toMatch(/proxy_next_upstream error timeout;\n/);
  expect(routes.services.rooms.timeoutMs).toBe(40_000);
  // Longer than the gateway waits for any service.
  expect(text).toMatch(/location \/ \{[^}]*proxy_read_timeout 45s;/);
});

it.each([
  ['everybody', '"0.0.0.0/0" is neither an address nor a network'],
  ['a name', '"proxy.example" is neither an address nor a network'],
])('does not trust %s', (_, message) => {
  const value = /"(.*?)"/.exec(message)?.[1];
  expect(() => stackOf(spec(`trustedProxies: ["${value}"]`))).toThrow(message);
});

it('keeps the limit of one service from another whose name goes on', async () => {
  const { nginx: text } = await settings(`name: press
version: 1
components: { postgres: {}, nginx: {} }
rateLimits: { slow: { rate: 1/s, burst: 2 } }
gateways: { front: { blueprint: api-gateway, port: 3001, public: true } }
services:
  news: { port: 4001, database: postgres, rateLimit: slow, entities: { news: { title: string(80) } } }
  letters: { port: 4002, database: postgres, entities: { newsletter: { title: string(80) } } }
`);
  const limited = [...text.matchAll(/location ~ (\S+) \{\n\s+limit_req zone=limit_slow/g)].map(
    ([, one]) => one,
  );
  expect(limited).toEqual(['^/api/v1/news(/|$)']);
});

/** Location → whether answers are kept. */
const kept = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/^ {4}location (?:~ )?(\S+) \{\n(.*?)^ {4}\}/gms)].map(([, path = '', body = '']) => [
      path,
      body.includes('proxy_cache responses;'),
    ]),
  );

it.each([
  ['with the limit of the gateway', '', {}],
  ['with a limit of its own, whatever its name', 'rateLimit: slow, ', {}],
  ['beside a service that has a limit called auth', '', { '^/api/v1/letters(/|$)': true }],
])('keeps no answer of who issues tokens: %s', async (_, limit, others) => {
  const letters = Object.keys(others).length > 0 ? 'rateLimit: auth, ' : '';
  const { nginx: text } = await settings(`name: press
version: 1
components: { postgres: {}, rabbitmq: {}, redis: {}, nginx: {} }
rateLimits: { slow: { rate: 1/s, burst: 2 }, auth: { rate: 5/s } }
events:
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
gateways: { front: { blueprint: api-gateway, port: 3001, public: true } }
services:
  people: { blueprint: auth, port: 4001, database: postgres, ${limit}publishes: [user.registered, user.erased] }
  letters: { port: 4002, database: postgres, ${letters}entities: { letter: { title: string(80) } } }
`);
  expect(kept(text)).toMatchObject({ '^/api/v1/auth(/|$)': false, '/': true, ...others });
});
