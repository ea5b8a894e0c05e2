import { randomUUID } from 'node:crypto';
import { createServiceVerifier, SERVICE_TOKEN_HEADER } from '../auth/service-identity.ts';
import { createVerifier } from '../auth/verifier.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createLogger, type Logger } from '../log.ts';
import { migrate } from '../migrations/index.ts';
import type { PlatformBase } from '../platform.ts';
import type { AnyService } from '../service/definition.ts';
import { start } from '../service/start.ts';
import type { Environment } from '../settings.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { testClient, type TestClient } from './client.ts';
import { testDatabase } from './database.ts';
import { eventProbe, type EventProbe } from './event-probe.ts';
import { testIdentity, testIdentityKeys, testIssuer, type TestUser } from './tokens.ts';

export interface TestServiceOptions {
  /** Folder of SQL migrations, applied before the start. */
  readonly migrations?: URL | string | undefined;
  /** Further settings, or others than the kit's. */
  readonly env?: Environment | undefined;
  readonly clock?: Clock | undefined;
  /** Default: only errors, on stdout. */
  readonly log?: Logger | undefined;
  /** Records what the service does: `spanProbe()`. */
  readonly tracer?: Tracer | undefined;
}

export interface TestService extends TestClient, AsyncDisposable {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  readonly platform: PlatformBase;
  /** A client with a valid token; with the role `service`, the service of that id. */
  as(user?: TestUser): Promise<TestClient>;
  /** Listens to events of this service, and publishes as another one. Closed with the service. */
  events(...names: string[]): Promise<EventProbe>;
  /** Drains the service and drops its database. */
  stop(): Promise<void>;
}

const STORES = [
  'DATABASE_URL',
  'DOCUMENTS_URL',
  'EVENTS_URL',
  'CACHE_URL',
  'PUBSUB_URL',
  'RATE_LIMIT_URL',
  'SEARCH_URL',
];

/** How addresses of servers that are shared say whose things they mean. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  'amqp:': 'exchange',
  'amqps:': 'exchange',
  'redis:': 'prefix',
  'rediss:': 'prefix',
};

function addresses(database: URL): Record<string, string> {
  const own = database.pathname.slice(1);
  return Object.fromEntries(
    STORES.map((name) => {
      const shared = name === 'DATABASE_URL' ? undefined : process.env[`HOMETRIP_TEST_${name}`];
      if (shared === undefined || shared === '') return [name, database.href];
      const url = new URL(shared);
      const parameter = OWN_NAMES[url.protocol];
      if (parameter !== undefined) url.searchParams.set(parameter, own);
      return [name, url.href];
    }),
  );
}

/**
 * Starts a service in this process, on a free port, with an empty database of its own on the server of
 * HOMETRIP_TEST_DATABASE_URL. Everything else that it needs is in that database too, unless HOMETRIP_TEST_EVENTS_URL,
 * HOMETRIP_TEST_CACHE_URL and the like name other servers: then it has names of its own there. Responses are checked against
 * their schemas. As a client it is anonymous.
 */
export async function startService(
  definition: AnyService,
  options: TestServiceOptions = {},
): Promise<TestService> {
  const { clock = systemClock } = options;
  const needsStore =
    definition.needs !== undefined ||
    definition.contracts !== undefined ||
    definition.consumers !== undefined;
  const database = needsStore ? await testDatabase() : undefined;
  const probes: EventProbe[] = [];
  try {
    if (options.migrations !== undefined && database !== undefined)
      await migrate(database.url, options.migrations);
    const issuer = await testIssuer();
    const url = database?.url;
    const env: Environment = {
      NODE_ENV: 'test',
      ...(url === undefined ? {} : addresses(url)),
      ...options.env,
    };
    const service = await start(definition, {
      env,
      clock,
      log:
        options.log ??
        createLogger({
          service: definition.name,
          instance: `${definition.name}#test`,
          level: env['LOG_LEVEL'] ?? 'error',
        }),
      verifier: createVerifier({ ...issuer, clock }),
      services: createServiceVerifier({ audience: definition.name, keys: testIdentityKeys, clock }),
      tracer: options.tracer,
      checkResponses: true,
      processMetrics: false,
    });
    const stop = async (): Promise<void> => {
      await Promise.all(probes.map((probe) => probe.close()));
      await service.stop();
      await database?.drop();
    };
    return {
      ...testClient(service.url),
      url: service.url,
      platform: service.platform,
      async as(user = {}) {
        if (user.roles?.includes('service')) {
          const name = user.id ?? 'calling-service';
          const token = await testIdentity(name, clock).tokenFor(definition.name);
          return testClient(service.url, undefined, name, { [SERVICE_TOKEN_HEADER]: token });
        }
        const id = user.id ?? randomUUID();
        return testClient(service.url, await issuer.tokenFor({ ...user, id }, clock.now()), id);
      },
      async events(...names) {
        const probe = await eventProbe(env['EVENTS_URL'] ?? '', names);
        probes.push(probe);
        return probe;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await database?.drop();
    throw error;
  }
}
