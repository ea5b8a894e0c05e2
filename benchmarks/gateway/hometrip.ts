/** The edge as `hometrip` runs it: tokens verified, limits counted, metrics, a span's ids, a line of log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet } from 'jose';
import { createLogger, createVerifier, defineService, start as startService } from '@hometrip/runtime';
import { createEdge } from '../../packages/runtime/src/gateway/index.ts';
import type { Identity } from '../runtime/launch.ts';

const table = {
  routes: [{ prefix: '/api/v1/wishlists', service: 'wishlist-service', limit: 'api' }],
  // More than any run asks for: limits are counted here, never hit.
  limits: { api: { rate: 1e9, burst: 1e9 } },
  services: {},
};

/** @param backend `http://127.0.0.1:4711` */
export async function start({ issuer, audience, jwks }: Identity, backend: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hometrip-benchmark-'));
  const file = join(folder, 'routes.json');
  writeFileSync(file, JSON.stringify(table));
  const service = defineService({
    name: 'api-gateway',
    version: '1.0.0',
    needs: { rateLimit: true },
    routes: () => [],
    fallback: createEdge,
  });
  const env = {
    GATEWAY_ROUTES_FILE: file,
    REGISTRY_URL: `static:?wishlist-service=${new URL(backend).host}`,
    RATE_LIMIT_URL: 'memory:',
  };
  const verifier = createVerifier({
    issuer,
    audience,
    keys: createLocalJWKSet(jwks),
    clock: { now: Date.now },
  });
  const log = createLogger({ service: 'api-gateway', instance: 'api-gateway#1' });
  const { url } = await startService(service, { env, verifier, log });
  rmSync(folder, { recursive: true });
  return url;
}
