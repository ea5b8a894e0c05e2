/** Whatever `validate` lets pass, nginx takes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findingsOf } from '../../spec/testing/findings.ts';
import { rendered } from '../../renderers/hometrip.fixture.ts';
import { stackOf } from '../../renderers/services/stack.fixture.ts';
import { componentsRenderer } from '../../renderers/components/index.ts';
import { onThisMachine } from './on-this-machine.fixture.ts';

const out = mkdtempSync(join(tmpdir(), 'hometrip-nginx-'));
beforeAll(() => mkdirSync(join(out, 'nginx')));
afterAll(() => rmSync(out, { recursive: true }));

/** What nginx says against the configuration of a spec; nothing when it takes it. */
async function objection(spec: string): Promise<string> {
  const files = await rendered(stackOf(spec), componentsRenderer);
  for (const [path, { content }] of files)
    if (path.startsWith('nginx/')) writeFileSync(join(out, path), onThisMachine(content, out));
  const { exitCode, all } = await execa('nginx', ['-t', '-p', out, '-c', join(out, 'nginx/nginx.conf')], {
    reject: false,
    all: true,
  });
  return exitCode === 0 ? '' : all;
}

const name = fc.oneof(
  // What nginx has words, zones, variables and hosts for, and the names that belong together.
  fc.constantFrom(
    ...[
      'connections',
      'responses',
      'search',
      'zone',
      'server',
      'upstream',
      'location',
      'default',
      'edge',
      'api',
    ],
    ...[
      'limit',
      'pool',
      'http',
      'off',
      'on',
      'none',
      'backup',
      'down',
      'resolve',
      'unix',
      'localhost',
      'host',
    ],
  ),
  fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/),
);
const rate = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 999_999_999_999 }),
      fc.integer({ min: 1, max: 200 }),
      fc.constant(1.5),
    ),
    fc.constantFrom('s', 'm', 'h'),
  )
  .map(([count, unit]) => `${count}/${unit}`);
const limits = fc.dictionary(
  name,
  fc.record({ rate, burst: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined }) }),
  { maxKeys: 5 },
);
const specs = fc
  .record({
    limits,
    services: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    balance: fc.constantFrom('round_robin', 'least_conn', 'ip_hash'),
    pick: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    gateway: fc.boolean(),
  })
  .map(({ limits: rates, services, balance, pick, gateway }) => {
    const names = Object.keys(rates);
    const limitOf = (index: number) => names[(pick[index] ?? 0) % (names.length + 1)];
    const limited = (index: number) => {
      const limit = limitOf(index);
      return limit === undefined ? {} : { rateLimit: limit };
    };
    return JSON.stringify({
      name: 'random',
      version: 1,
      components: { postgres: {}, nginx: {} },
      rateLimits: rates,
      gateways: gateway
        ? { 'the-gateway': { blueprint: 'api-gateway', port: 3001, public: true, balance, ...limited(7) } }
        : {},
      services: Object.fromEntries(
        services.map((service, index) => [
          service,
          {
            port: 5100 + index,
            database: 'postgres',
            balance,
            ...limited(index),
            entities: {
              [`${service.slice(0, 30).replaceAll(/-+/g, '-').replace(/-$/, '')}-x`]: { title: 'string' },
            },
          },
        ]),
      ),
    });
  });

it('a random spec is refused by validate, or its nginx.conf is taken', async () => {
  const counts = { refused: 0, taken: 0 };
  await fc.assert(
    fc.asyncProperty(specs, async (spec) => {
      if (/ HT\d{4} /.test(findingsOf(spec).replaceAll(/.* (HT0318|HT0317) .*/g, ''))) {
        counts.refused += 1;
        return;
      }
      expect(await objection(spec)).toBe('');
      counts.taken += 1;
    }),
    { numRuns: 200 },
  );
  expect(counts.taken).toBeGreaterThan(10);
  process.stdout.write(`nginx -t: ${counts.taken} specs taken, ${counts.refused} refused by validate\n`);
});

it('a limit may be called as a zone of ours, or as a service, and have no burst', async () => {
  const spec = `
name: zones
version: 1
components: { postgres: {}, nginx: {} }
rateLimits:
  search: { rate: 30/s, burst: 60 }
  connections: { rate: 90/m }
  responses: { rate: 1.5/s, burst: 0 }
gateways: { api-gateway: { blueprint: api-gateway, port: 3001, public: true, rateLimit: connections } }
services:
  search:
    port: 4101
    database: postgres
    rateLimit: search
    entities: { note: { title: string(20) } }
`;
  expect(await objection(spec)).toBe('');
  const config = (await rendered(stackOf(spec), componentsRenderer)).get('nginx/nginx.conf')?.content ?? '';
  expect(config.match(/limit_req(_zone)? .*zone=limit_.*;/g)).toEqual([
    'limit_req_zone $binary_remote_addr zone=limit_connections:10m rate=90r/m;',
    'limit_req_zone $binary_remote_addr zone=limit_responses:10m rate=90r/m;',
    'limit_req_zone $binary_remote_addr zone=limit_search:10m rate=30r/s;',
    'limit_req zone=limit_search burst=60 nodelay;',
    'limit_req zone=limit_connections nodelay;',
  ]);
});
