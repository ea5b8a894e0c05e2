import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { defineService, ok, route, z } from '@hometrip/runtime';
import { startService } from '@hometrip/runtime/testing';
import { testCache } from '@hometrip/runtime/testing/conformance';
import { sqliteCache } from './sqlite-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));
const url = new URL(pathToFileURL(join(folder, 'cache.db')).href.replace(/^file:/, 'sqlite:'));
// #region suite
const adapters = { cache: [sqliteCache] };

testCache('SQLite', () => url, adapters);
// #endregion

// #region plug
const countingService = defineService({
  name: 'counting-service',
  version: '1.0.0',
  needs: { cache: true },
  adapters,
  routes: ({ cache }) => [
    route.post('/visits', {
      auth: 'public',
      responses: { 200: z.object({ visits: z.int() }) },
      async handler() {
        const visits = ((await cache.get<number>('visits')) ?? 0) + 1;
        await cache.set('visits', visits, { ttlMs: 60_000 });
        return ok({ visits });
      },
    }),
  ],
});

it('is the cache of a service whose CACHE_URL names it, for all its replicas', async () => {
  const env = { CACHE_URL: url.href };
  await using one = await startService(countingService, { env });
  await using other = await startService(countingService, { env });
  expect((await one.post('/api/v1/visits')).body).toEqual({ visits: 1 });
  expect((await other.post('/api/v1/visits')).body).toEqual({ visits: 2 });
});
// #endregion
