import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { createServiceVerifier, SERVICE_TOKEN_HEADER } from '../auth/service-identity.ts';
import { createVerifier } from '../auth/verifier.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createLogger, type Logger } from '../log.ts';
import type { StoredMail } from '../mailer/index.ts';
import { migrate } from '../migrations/index.ts';
import type { PlatformBase } from '../platform.ts';
import type { AnyService } from '../service/definition.ts';
import { start } from '../service/start.ts';
import { type Environment, readSetting, requireUrl } from '../settings.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import { testClient, type TestClient } from './client.ts';
import { testDatabase } from './database.ts';
import { eventProbe, type EventProbe } from './event-probe.ts';
import { testMailbox } from './mailbox.ts';
import { registryOf, type ServiceStub } from './stub.ts';
import { sharedServers, storesOf } from './servers.ts';
import { testIdentity, testIdentityKeys, testIssuer, type TestUser } from './tokens.ts';

/** How a service is started for a test. */
export interface TestServiceOptions {
  /** Folder of SQL migrations, applied to DATABASE_URL before the start. */
  readonly migrations?: URL | string | undefined;
  /** Settings as in production: URLs of servers to use instead of a fresh database, and all others. */
  readonly env?: Environment | undefined;
  /** Stand in for services that it calls. They are stopped with it, which fails when one of them was asked what it does not take. */
  readonly stubs?: readonly ServiceStub[] | undefined;
  /** Of tokens, instants and whatever else asks for the time; see `fakeClock`. Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Default: only errors, on stdout. */
  readonly log?: Logger | undefined;
  /** Records what the service does: `spanProbe()`. */
  readonly tracer?: Tracer | undefined;
}

/** A service under test, and an anonymous client of it. */
export interface TestService extends TestClient, AsyncDisposable {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  readonly platform: PlatformBase;
  /** A client with a valid token; with the role `service`, the service of that id. */
  as(user?: TestUser): Promise<TestClient>;
  /** Listens to events of this service, and publishes as another one. Closed with the service. */
  events(...names: string[]): Promise<EventProbe>;
  /** What it has sent, the newest first, unless MAILER_URL was given. */
  mails(): Promise<readonly StoredMail[]>;
  /** Drains the service and drops the database that was made for it. */
  stop(): Promise<void>;
}

/**
 * Starts a service in this process, on a free port. What it needs and `env` does not name gets an empty database on the server of
 * HOMETRIP_TEST_DATABASE_URL, which is dropped with the service; or, where HOMETRIP_TEST_EVENTS_URL, HOMETRIP_TEST_CACHE_URL and
 * the like name other servers, names of its own there. What `env` names (`{ CACHE_URL: 'redis://…' }`) is used as it is and left
 * as it is. Responses are checked against their schemas. As a client it is anonymous: see `as`.
 * @throws SettingError, as in production; Error when a database is needed and there is no server for it.
 */
export async function startService(
  definition: AnyService,
  options: TestServiceOptions = {},
): Promise<TestService> {
  const { clock = systemClock, stubs = [] } = options;
  const stores = storesOf(definition);
  const given: Environment = {
    NODE_ENV: 'test',
    ...(stubs.length === 0 ? {} : { REGISTRY_URL: registryOf(stubs), DRAIN_DELAY_MS: '0' }),
    ...sharedServers(stores),
    ...options.env,
  };
  const missing = stores.filter((name) => readSetting(given, name) === undefined);
  const database = missing.length > 0 ? await testDatabase() : undefined;
  const mailbox = definition.needs?.mailer === true ? await testMailbox() : undefined;
  const probes: EventProbe[] = [];
  try {
    const env: Environment = {
      ...(mailbox === undefined ? {} : { MAILER_URL: pathToFileURL(mailbox.folder).href }),
      ...given,
      ...Object.fromEntries(missing.map((name) => [name, database?.url.href])),
    };
    if (options.migrations !== undefined) await migrate(requireUrl(env, 'DATABASE_URL'), options.migrations);
    const issuer = await testIssuer();
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
      await mailbox?.remove();
      // Last: what they found wrong is thrown.
      for (const stub of stubs) await stub.stop();
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
        const probe = await eventProbe(requireUrl(env, 'EVENTS_URL'), names, definition.adapters);
        probes.push(probe);
        return probe;
      },
      mails: async () => (await mailbox?.mails()) ?? [],
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await database?.drop();
    await mailbox?.remove();
    throw error;
  }
}
