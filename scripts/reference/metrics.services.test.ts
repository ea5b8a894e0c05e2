/** What the scan of the sources finds is what a service shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defineService, noContent, route, z } from '@hometrip/runtime';
import { startService } from '@hometrip/runtime/testing';
import { root } from './sources.ts';

const curious = defineService({
  name: 'curious-service',
  version: '1.0.0',
  needs: { database: 'sql', cache: true, pubsub: true, rateLimit: true, search: true },
  contracts: { 'thing.seen': z.strictObject({}) },
  calls: ['other-service'],
  routes: () => [
    route.get('/things', { auth: 'public', responses: { 204: null }, handler: () => noContent() }),
  ],
});

it('docs/reference/metrics.md has every metric of a service that opens everything, with its type and labels', async () => {
  await using service = await startService(curious, {
    env: { REGISTRY_URL: 'static:?other-service=127.0.0.1:1' },
  });
  await service.expecting(204).get('/api/v1/things');
  const { body: shown } = await service.get<string>('/metrics');
  const page = readFileSync(join(root, 'docs', 'reference', 'metrics.md'), 'utf8');
  const documented = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \| .+\.ts\) \|$/gm)].map(
      ([, name, type, labels = '']) => [
        name,
        { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) },
      ],
    ),
  );
  const types = [...shown.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  expect(types.length).toBeGreaterThan(15);
  for (const [, name, type] of types) expect([name, documented.get(name)?.type]).toEqual([name, type]);
  for (const [, sample = '', labels = ''] of shown.matchAll(/^([a-z_]+)\{(\S+)\} /gm)) {
    const name = documented.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, '');
    const known = [...(documented.get(name)?.labels ?? []), 'le'];
    for (const [, label] of labels.matchAll(/(\w+)="/g)) expect(known, name).toContain(label);
  }
});
