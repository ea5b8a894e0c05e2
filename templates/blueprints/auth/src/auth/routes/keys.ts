import { ok, route } from '@hometrip/runtime';
import { type AuthPlatform, authOf } from '../opened.ts';
import { Jwks } from '../schema.ts';

export const keyRoutes = (platform: AuthPlatform) => [
  route.get('/auth/jwks', {
    summary: 'Public keys that verify access tokens (RFC 7517)',
    tag: 'Keys',
    operationId: 'getJwks',
    auth: 'public',
    responses: { 200: Jwks },
    async handler() {
      return ok((await authOf(platform).keys).jwks as { keys: Record<string, unknown>[] }, {
        'cache-control': 'public, max-age=300',
      });
    },
  }),
];
