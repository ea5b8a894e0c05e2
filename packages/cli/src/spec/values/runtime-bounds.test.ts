/** Numbers and networks: what `validate` takes, the runtime takes with the same meaning; what it refuses, the runtime would refuse. */
import fc from 'fast-check';
import { portOptions } from '@hometrip/runtime/testing';
import { expect, it } from 'vitest';
import { resolvePolicy } from '../../../../runtime/src/calls/policy.ts';
import { TrustedProxies } from '../../../../runtime/src/gateway/client-address.ts';
import { RoutesFile } from '../../../../runtime/src/gateway/table/schema.ts';
import { readBodyLimit } from '../../../../runtime/src/http/body.ts';
import { componentKinds } from '../../components/index.ts';
import { resolveStack } from '../../model/resolve.ts';
import { rendered } from '../../renderers/hometrip.fixture.ts';
import { gateway } from '../../renderers/gateway/index.ts';
import { stockBlueprints } from '../blueprints/load.ts';
import { checkSpec } from '../check.ts';

/** The spec, when it is valid. */
const taken = (text: string) =>
  checkSpec('services.yaml', new TextEncoder().encode(`name: shop\nversion: 1\n${text}`), {
    kinds: componentKinds,
    blueprints: stockBlueprints(),
  }).spec;

const note = 'note-service: { port: 4001 }';

function takes(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

const count = (...edges: readonly number[]) => fc.option(fc.constantFrom(...edges), { nil: undefined });
const milliseconds = count(0, 1, 500, 10_000, 20_000, 3_600_000, 3_600_001);
const many = count(0, 1, 7, 100_000, 100_001, 1.5);

it('reads policies of calls as a service does', () => {
  const breaker = fc.record({
    threshold: count(0, 0.000001, 0.5, 0.995, 1, 1.5),
    windowMs: milliseconds,
    minimumCalls: many,
    openMs: milliseconds,
    maxOpenMs: milliseconds,
  });
  const policy = fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({
        timeoutMs: milliseconds,
        attempts: count(0, 1, 10, 11),
        hedgeAfterMs: milliseconds,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        breaker: fc.oneof({ weight: 9, arbitrary: breaker }, fc.constant(false as const)),
      }),
    },
    { weight: 1, arbitrary: fc.record({ bulkhead: fc.record({ concurrent: many, queued: many }) }) },
  );
  const counts = { true: 0, false: 0 };
  fc.assert(
    fc.property(policy, (values: any) => {
      const written = inYaml(values);
      const spec = taken(
        `services: { ${note}, shop-service: { port: 4002, calls: [note-service], callPolicies: { note-service: ${written} } } }`,
      );
      const isTaken = takes(() => resolvePolicy(values));
      counts[`${isTaken}`] += 1;
      expect({ written, taken: spec !== undefined }).toEqual({ written, taken: isTaken });
      if (spec !== undefined)
        expect(resolvePolicy(spec.services['shop-service']?.callPolicies['note-service'])).toEqual(
          resolvePolicy(values),
        );
    }),
    { numRuns: 400 },
  );
  expect(Math.min(counts.true, counts.false)).toBeGreaterThan(20);
});

/** `{ windowMs: 500 }` → `{ window: 500ms }` */
function inYaml(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === false) return [`${name}: off`];
    if (typeof value === 'object') return [`${name}: ${inYaml(value as Record<string, unknown>)}`];
    if (name === 'threshold') return [`threshold: ${Number((Number(value) * 100).toPrecision(9))}%`];
    return name.endsWith('Ms') ? [`${name.slice(0, -2)}: ${String(value)}ms`] : [`${name}: ${String(value)}`];
  });
  return `{ ${entries.join(', ')} }`;
}

it('reads the length of bodies as services and gateways do', () => {
  const units = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
  const number = fc.constantFrom(0, 0.0001, 0.5, 1, 1.5, 1024, 1025, 1_048_577, 2 ** 30, 2 ** 30 + 1);
  fc.assert(
    fc.property(number, fc.constantFrom('K', 'M', 'G', 'T'), (size, unit) => {
      const bytes = Math.round(size * units[unit]);
      const text = `${size}${unit}`;
      const read = taken(`bodyLimit: ${text}\nservices: { ${note} }`)?.bodyLimit;
      const env = { BODY_LIMIT_BYTES: String(bytes) };
      expect({ text, bytes: read }).toEqual({
        text,
        bytes: takes(() => readBodyLimit(env)) ? bytes : undefined,
      });
    }),
    { numRuns: 200 },
  );
});

it('takes the proxies that a gateway takes', () => {
  const address = fc.constantFrom(
    '10.0.0.0',
    '127.0.0.1',
    '::1',
    'fd00::',
    'fe80::1%eth0',
    '10.0.0',
    '::ffff:10.0.0.1',
    '',
  );
  const bits = fc.constantFrom('', '/0', '/1', '/08', '/32', '/33', '/128', '/129', '/x', '/8/8', '/');
  fc.assert(
    fc.property(address, bits, (host, network) => {
      const text = `${host}${network}`;
      // A setting may be empty, and may also name hosts.
      const isTaken =
        text !== '' && takes(() => new TrustedProxies({ TRUSTED_PROXIES: text }, portOptions().log).close());
      const isName = /^[\w.-]+$/.test(text) && /[^\d.]|^10\.0\.0$/.test(text);
      const spec = taken(`trustedProxies: [${JSON.stringify(text)}]\nservices: { ${note} }`);
      expect({ text, taken: spec !== undefined }).toEqual({ text, taken: isTaken && !isName });
    }),
    { numRuns: 300 },
  );
});

it('renders a table that a gateway reads, whatever latency and rate are promised', async () => {
  const number = fc.oneof(
    fc.constantFrom('500.03', '0.000001', '999999999999', '2999.999999'),
    fc.integer({ min: 1, max: 60_000_000 }).map((value) => String(value / 1_000)),
  );
  const rate = fc.constantFrom('1/h', '7/h', '1000000/s', '0.5/s', '30/m');
  let tables = 0;
  await fc.assert(
    fc.asyncProperty(number, fc.constantFrom('ms', 's'), rate, async (value, unit, perClient) => {
      const spec = taken(`components: { postgres: {} }
rateLimits: { api: { rate: ${perClient}, burst: 1000000 } }
gateways: { front: { blueprint: api-gateway, port: 4000, public: true } }
services:
  note-service:
    port: 4001
    database: postgres
    rateLimit: api
    slo: { latency: ${value}${unit}@p95 }
    entities: { note: { title: text } }
`);
      if (spec === undefined) return;
      tables += 1;
      const stack = resolveStack(spec, { kinds: componentKinds, blueprints: stockBlueprints().all });
      const file = (await rendered(stack, gateway)).get('gateway/routes.json');
      const { services } = RoutesFile.parse(JSON.parse(file?.content ?? ''));
      expect(Object.keys(services)).toEqual(['note-service']);
    }),
    { numRuns: 60 },
  );
  expect(tables).toBeGreaterThan(30);
});
