/** Which servers a service under test needs, and where they are. */
import { randomBytes } from 'node:crypto';
import type { AnyService } from '../service/definition.ts';
import type { Environment } from '../settings.ts';

/** Settings of everything that the service opens and that a database can be. */
export function storesOf({ needs = {}, contracts, consumers }: AnyService): `${string}_URL`[] {
  const needed: Record<`${string}_URL`, boolean> = {
    DATABASE_URL: needs.database === 'sql',
    DOCUMENTS_URL: needs.database === 'documents',
    EVENTS_URL: needs.events === true || consumers !== undefined || Object.keys(contracts ?? {}).length > 0,
    CACHE_URL: needs.cache === true,
    PUBSUB_URL: needs.pubsub === true,
    RATE_LIMIT_URL: needs.rateLimit === true,
    SEARCH_URL: needs.search === true,
  };
  return Object.entries(needed).flatMap(([name, is]) => (is ? [name as `${string}_URL`] : []));
}

/** How addresses of servers that are shared say whose things they mean. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  'amqp:': 'exchange',
  'amqps:': 'exchange',
  'redis:': 'prefix',
  'rediss:': 'prefix',
};

/** The servers that HOMETRIP_TEST_EVENTS_URL, HOMETRIP_TEST_CACHE_URL and the like name, with names on them that nobody else uses. */
export function sharedServers(stores: readonly string[], env: Environment = process.env): Environment {
  const own = `test_${randomBytes(6).toString('hex')}`;
  return Object.fromEntries(
    stores.flatMap((name) => {
      const shared = name === 'DATABASE_URL' ? undefined : env[`HOMETRIP_TEST_${name}`];
      if (shared === undefined || shared === '') return [];
      const url = new URL(shared);
      const parameter = OWN_NAMES[url.protocol];
      if (parameter !== undefined) url.searchParams.set(parameter, own);
      return [[name, url.href]];
    }),
  );
}
