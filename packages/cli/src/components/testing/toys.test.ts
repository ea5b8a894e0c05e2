/** The next component is one folder and one line, and the next capability one row: a toy of each, through to what is generated. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readUrl } from '../../../../runtime/src/settings.ts';
import { namedLiterals } from '../../../../../scripts/lint/literals.mjs';
import { ensureSecrets, secretFile } from '../../drivers/embedded/secrets.ts';
import { instanceEnvironment } from '../../drivers/embedded/environment.ts';
import { embeddedDatabases, providerOf } from '../../drivers/embedded/substitutes.ts';
import { capabilities } from '../../model/capabilities.ts';
import type { AnyKind } from '../../model/resolve-bindings.ts';
import type { Stack } from '../../model/stack.ts';
import { stateDir } from '../../platform/state-dir.ts';
import { repository } from '../../platform/repository.fixture.ts';
import { rendered } from '../../renderers/hometrip.fixture.ts';
import { renderers } from '../../renderers/index.ts';
import { stackOf } from '../../renderers/services/stack.fixture.ts';
import { findingsOf } from '../../spec/testing/findings.ts';
import { specJsonSchema } from '../../spec/json-schema.ts';
import { componentKinds } from '../index.ts';
import { janus, leases } from './janus/index.ts';

const spec = (janusKeys = '') => `name: shop
version: 1
components: { postgres: {}, prometheus: {}, grafana: {}, janus: {${janusKeys}} }
services:
  order-service:
    port: 4001
    database: postgres
    uses: [janus]
    entities: { order: { title: string(80) } }
  stock-service: { port: 4002, database: postgres, entities: { item: { title: string(80) } } }
`;

// The row and the line.
beforeAll(() => {
  Object.assign(capabilities, { leases });
  (componentKinds as AnyKind[]).push(janus);
});
afterAll(() => {
  Reflect.deleteProperty(capabilities, 'leases');
  (componentKinds as AnyKind[]).pop();
});

const filesOf = async (stack: Stack) => {
  const files = await rendered(stack, ...renderers);
  return (path: string): string => files.get(path)?.content ?? `no ${path}`;
};

describe('a toy component that offers a toy capability', () => {
  it('gets a container, with what services need to reach it, and only those that use it', async () => {
    const text = await filesOf(stackOf(spec()));
    const { services, volumes, secrets } = parse(text('docker-compose.yml'));
    expect(services.janus).toMatchObject({
      image: 'example/janus:3',
      ports: [{ target: 7788, published: '7788', host_ip: '127.0.0.1' }],
    });
    expect(volumes).toHaveProperty('janus-data');
    expect(secrets).toHaveProperty('janus-password');
    expect(services['order-service'].environment).toMatchObject({
      LEASES_URL: 'janus://shop@janus:7788',
      LEASES_PASSWORD_FILE: '/run/secrets/janus-password',
      LEASES_FACES: '2',
    });
    expect(services['order-service'].depends_on).toHaveProperty('janus');
    expect(JSON.stringify(services['stock-service'])).not.toContain('janus');
  });

  it('is measured, watched and explained', async () => {
    const text = await filesOf(stackOf(spec()));
    const { scrape_configs: jobs } = parse(text('prometheus/prometheus.yml'));
    expect(jobs.at(-2)).toMatchObject({
      job_name: 'janus',
      static_configs: [{ targets: ['janus:7799'] }],
    });
    expect(text('prometheus/rules/alerts.yml')).toContain('alert: DoorStuck');
    expect(text('docs/runbooks/DoorStuck.md')).toContain('Find who holds them.');
    expect(text('docs/README.md')).toMatch(/\| janus +\| 3 +\| Janus: leases with two faces/);
    expect(JSON.parse(text('grafana/provisioning/dashboards/json/shop-janus.json')).title).toBe('janus');
    const { datasources } = parse(text('grafana/provisioning/datasources/datasources.yml'));
    expect(datasources.map(({ uid }: { uid: string }) => uid)).toEqual(['janus', 'prometheus']);
    expect(text('janus/janus.conf')).toBe('realm shop\n');
  });

  it('is a need of the generated service that uses it', async () => {
    const text = await filesOf(stackOf(spec()));
    expect(text('services/order-service/src/service.ts')).toMatch(
      /needs: \{ database: 'sql', leases: true \}/,
    );
    expect(text('services/stock-service/src/service.ts')).toMatch(/needs: \{ database: 'sql' \}/);
  });

  it('has its address asked for where it runs elsewhere', async () => {
    const text = await filesOf(stackOf(spec(' external: "${JANUS_URL}" ')));
    expect(text('.env.example')).toContain('\nJANUS_URL=\n');
    const { services } = parse(text('docker-compose.yml'));
    expect(services).not.toHaveProperty('janus');
    expect(services['order-service'].environment).toMatchObject({
      LEASES_URL: '${JANUS_URL:?set JANUS_URL in .env}',
      LEASES_NAMESPACE: 'shop',
    });
  });

  it('reaches the runtime from the embedded server, with a password of its own', async () => {
    const stack = stackOf(spec());
    const project = await mkdtemp(join(tmpdir(), 'hometrip-toys-'));
    const dir = stateDir(project);
    await ensureSecrets(stack, dir);
    const [service] = stack.services;
    if (service === undefined) throw new Error('no service');
    const environment = instanceEnvironment(
      { stack, dir, output: join(project, 'generated'), external: {}, postgresPort: 5433 },
      { service, replica: 1, instanceFile: '/run/i.json' },
      {},
    );
    const password = readFileSync(secretFile(dir, 'hometrip-leases-password'), 'utf8');
    expect(readUrl(environment, 'LEASES_URL')?.href).toBe(
      `postgres://hometrip_leases:${password}@127.0.0.1:5433/hometrip_leases`,
    );
    expect(embeddedDatabases(stack).map(({ name }) => name)).toContain('hometrip_leases');
    expect(stack.components.map((component) => providerOf(component))).toContain(
      'embedded PostgreSQL (advisory locks)',
    );
    await rm(project, { recursive: true });
  });

  it('is known to validate and to editors', () => {
    const wrong = spec(' external: "redis://elsewhere:1" ');
    expect(findingsOf(wrong)).toContain('HT0324');
    expect(findingsOf(spec().replace('port: 4002', 'port: 7788'))).toContain('HT0301');
    expect(findingsOf(spec().replace('uses: [janus]', 'uses: [janis]'))).toContain('did you mean janus?');
    const { properties } = specJsonSchema(componentKinds, []);
    expect(properties?.['components']?.properties).toHaveProperty('janus');
  });
});

it('nothing else names them', () => {
  const src = join(repository, 'packages/cli/src');
  const found = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('testing'))
    .flatMap((path) =>
      namedLiterals(path, readFileSync(join(src, path), 'utf8'), {
        capabilities: ['leases'],
        components: ['janus'],
      }),
    );
  expect(found).toEqual([]);
});
