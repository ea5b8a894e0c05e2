/** The runtime as a service has it: one declaration, everything switched on. */
import {
  createLogger,
  createVerifier,
  defineService,
  entity,
  listQuery,
  ok,
  page,
  route,
  start as startService,
  z,
} from '@hometrip/runtime';
import { tooManyRequests } from '../../packages/runtime/src/http/problem.ts';
import { createLocalJWKSet } from 'jose';
import type { Identity } from './launch.ts';
import { rows } from './data.mjs';

/** Its response has no place for the row's internal note. */
export const Wishlist = entity('Wishlist', { title: z.string(), owner: z.uuid() });
export const query = listQuery({
  filters: z.object({ title: z.string().optional() }),
  sortable: ['createdAt', 'title'],
});
/** More than any run asks for: limits are counted here, never hit. */
export const LIMIT = { name: 'list', rate: 1e9, burst: 1e9 };

// Rows of a table have columns that their entity does not know.
type Row = z.output<typeof Wishlist>;
export const found = () => ok({ items: rows as unknown as Row[], nextCursor: null });

export async function start({ issuer, audience, jwks }: Identity): Promise<string> {
  const service = defineService({
    name: 'wishlist-service',
    version: '1.0.0',
    needs: { rateLimit: true },
    routes: ({ rateLimit }) => [
      route.get('/wishlists', {
        auth: 'role:host',
        query,
        responses: { 200: page(Wishlist) },
        async handler({ user }) {
          const { allowed, retryAfter } = await rateLimit.take(LIMIT, user.id);
          if (!allowed) throw tooManyRequests(retryAfter);
          return found();
        },
      }),
    ],
  });
  const keys = createLocalJWKSet(jwks);
  const verifier = createVerifier({ issuer, audience, keys, clock: { now: Date.now } });
  const log = createLogger({ service: 'wishlist-service', instance: 'wishlist-service#1' });
  const { url } = await startService(service, { env: { RATE_LIMIT_URL: 'memory:' }, verifier, log });
  return url;
}
