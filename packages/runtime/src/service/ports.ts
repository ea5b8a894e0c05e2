/**
 * Opens what a service needs from its settings, and closes it again in the opposite order.
 *
 * @setting DATABASE_URL Of the SQL database of a service with `needs.database: 'sql'`: `postgres://user@host:port/name`.
 * @setting DOCUMENTS_URL Of the document store of a service with `needs.database: 'documents'`: `mongodb://…`, `postgres://…`.
 * @setting EVENTS_URL Of the event bus, the same for all services of a stack: `amqp://user@host:port/vhost`, `postgres://…`.
 * @setting CACHE_URL Of the cache: `redis://host:port/0`, `postgres://…`. Without it each replica has one of its own, in memory.
 * @setting PUBSUB_URL Of pub/sub: `redis://host:port/0`, `postgres://…`, `memory:`. Also where services hear which access tokens were revoked;
 * without it, tokens count until they expire.
 * @setting RATE_LIMIT_URL Of the rate limits: `redis://host:port/0`, `postgres://…`. Without it each replica counts for itself.
 * @setting SEARCH_URL Of the search engine: `elasticsearch://host:port` (plain HTTP), `https://host`, `postgres://…`. Also where documents
 * are kept, on PostgreSQL, when DOCUMENTS_URL is not set.
 * @setting REGISTRY_URL Where instances of other services are found, and this one is announced: `file:///…/registry.json`,
 * `consul://host:8500`, `dns:?port=8080`, `static:?auth-service=127.0.0.1:4001`. Needed by services that call others.
 */
import { openCache } from '../cache/index.ts';
import { type Callable, callMembers, type Calls, openCalls, serviceOf } from '../calls/index.ts';
import type { ServiceClient } from '../calls/index.ts';
import { openDatabase } from '../database/index.ts';
import { openDocuments } from '../documents/index.ts';
import { type Consumer, type EventBus, openEvents } from '../events/index.ts';
import type { MessageStore } from '../events/index.ts';
import type { Check } from '../health/readiness.ts';
import type { IdempotencyOptions } from '../idempotency/idempotency.ts';
import { openMailerOf } from '../mailer/settings.ts';
import type { Port, PortOptions } from '../port.ts';
import type { PlatformBase } from '../platform.ts';
import { openPubSub, type PubSub } from '../pubsub/index.ts';
import { openRateLimiter } from '../rate-limit/index.ts';
import { openRegistry, type Registry } from '../registry/index.ts';
import { openSearch } from '../search/index.ts';
import { type Environment, readUrl, requireUrl, SettingError } from '../settings.ts';
import type { AnyService } from './definition.ts';
import { serviceIdentity } from './identity.ts';
import type { Resolve } from './issuer.ts';

export interface OpenPorts {
  /** Members of the platform. */
  readonly members: Partial<PlatformBase> & Record<string, unknown>;
  readonly checks: readonly Check[];
  /** For routes that take an Idempotency-Key; undefined without a store. */
  readonly idempotency: Omit<IdempotencyOptions, 'log'> | undefined;
  /** Finds instances of other services; undefined without a registry. */
  readonly resolve: Resolve | undefined;
  /** Where revoked tokens are announced; undefined without PUBSUB_URL. */
  readonly pubsub: PubSub | undefined;
  /** Where this instance itself is announced; undefined without REGISTRY_URL. */
  readonly registry: Registry | undefined;
  /** Begins to handle events. @returns what ends it, after the handlers that run. */
  consume(consumers: readonly Consumer[]): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** @throws SettingError when a URL is missing or has an unknown scheme; what was opened before is closed again. */
export async function openPorts(
  definition: AnyService,
  env: Environment,
  options: PortOptions,
): Promise<OpenPorts> {
  const needs = definition.needs ?? {};
  const callables: readonly Callable[] = definition.calls ?? [];
  const called = [...new Set(callables.map(serviceOf))];
  const opened: { name: string; port: Port; required: boolean }[] = [];
  const members: Record<string, unknown> = {
    transaction: noStore,
    events: { publish: noEvents },
    calls: callMembers(callables, unreachable),
  };
  const keep = async <P extends Port>(
    name: string,
    setting: string,
    opening: Promise<P>,
    required = true,
  ): Promise<P> => {
    try {
      const port = await opening;
      opened.push({ name, port, required });
      return port;
    } catch (error) {
      if (error instanceof SettingError) throw error;
      throw new SettingError(setting, `${setting} cannot be used: ${(error as Error).message}`);
    }
  };
  const close = async (): Promise<void> => {
    for (const { name, port } of opened.splice(0).reverse()) {
      await port
        .close()
        .catch((error: unknown) =>
          options.log.warn({ err: error, port: name }, 'a port did not close cleanly'),
        );
    }
  };
  let store: MessageStore | undefined;
  let idempotency: OpenPorts['idempotency'];
  let events: EventBus | undefined;
  let registry: Registry | undefined;
  let calls: Calls | undefined;
  let pubsub: PubSub | undefined;
  try {
    const registryUrl = readUrl(env, 'REGISTRY_URL');
    if (registryUrl !== undefined) {
      registry = await keep('registry', 'REGISTRY_URL', openRegistry(registryUrl, options));
      calls = await keep(
        'calls',
        'REGISTRY_URL',
        Promise.resolve(
          openCalls(registry, called, {
            ...options,
            identity: serviceIdentity(env, options),
            policies: definition.callPolicies,
          }),
        ),
      );
      const { clients } = calls;
      Object.assign(members, {
        registry,
        instances: calls.pool,
        calls: callMembers(callables, (service) => clients[service] as ServiceClient),
      });
    } else if (called.length > 0) {
      options.log.warn(
        { setting: 'REGISTRY_URL', calls: called },
        'REGISTRY_URL is not set: calls to other services will fail',
      );
    }
    if (needs.database === 'sql') {
      const database = await keep(
        'database',
        'DATABASE_URL',
        openDatabase(requireUrl(env, 'DATABASE_URL'), options),
      );
      Object.assign(members, { database, db: database.db, transaction: database.transaction.bind(database) });
      store = database.messages;
      idempotency = {
        store: database.answers,
        transaction: database.transaction.bind(database) as Transaction,
        owner: database.db,
      };
    } else if (needs.database === 'documents') {
      // A search engine stores documents too.
      const setting =
        readUrl(env, 'DOCUMENTS_URL') === undefined && readUrl(env, 'SEARCH_URL') !== undefined
          ? 'SEARCH_URL'
          : 'DOCUMENTS_URL';
      const documents = await keep('documents', setting, openDocuments(requireUrl(env, setting), options));
      Object.assign(members, { documents, transaction: documents.transaction.bind(documents) });
      store = documents.messages;
      const { answers } = documents;
      if (answers !== undefined)
        idempotency = {
          store: answers,
          transaction: documents.transaction.bind(documents),
          owner: documents,
          prepare: () => documents.ensure(),
        };
    }
    // With a store there is an outbox: what a broker that is away does not take now, it gets later.
    const livesFromMessages = store === undefined;
    if (needs.cache === true)
      members['cache'] = await keep(
        'cache',
        'CACHE_URL',
        openCache(sharedUrl(env, 'CACHE_URL', options), options),
      );
    if (needs.search === true)
      members['search'] = await keep(
        'search',
        'SEARCH_URL',
        openSearch(requireUrl(env, 'SEARCH_URL'), options),
      );
    const pubsubUrl = needs.pubsub === true ? requireUrl(env, 'PUBSUB_URL') : readUrl(env, 'PUBSUB_URL');
    if (pubsubUrl !== undefined) {
      const required = needs.pubsub === true && livesFromMessages;
      pubsub = await keep('pubsub', 'PUBSUB_URL', openPubSub(pubsubUrl, options), required);
      members['pubsub'] = pubsub;
    }
    if (needs.rateLimit === true) {
      members['rateLimit'] = await keep(
        'rate-limit',
        'RATE_LIMIT_URL',
        openRateLimiter(sharedUrl(env, 'RATE_LIMIT_URL', options), options),
      );
    }
    if (needs.mailer === true)
      members['mailer'] = await keep('mailer', 'MAILER_URL', openMailerOf(env, options));
    if (needsEvents(definition)) {
      const contracts = definition.contracts ?? {};
      events = await keep(
        'events',
        'EVENTS_URL',
        openEvents(requireUrl(env, 'EVENTS_URL'), { ...options, contracts, store }),
        livesFromMessages,
      );
      members['events'] = events;
    }
  } catch (error) {
    await close();
    throw error;
  }
  const checks = opened.flatMap(({ name, port, required }) =>
    port.check === undefined ? [] : [{ name, required, run: () => port.check?.() ?? Promise.resolve() }],
  );
  const bus = events;
  return {
    members,
    checks,
    idempotency,
    resolve: calls?.resolve.bind(calls),
    pubsub,
    registry,
    async consume(consumers) {
      if (bus === undefined || consumers.length === 0) return () => Promise.resolve();
      await bus.consume(consumers);
      return () => bus.stopConsuming();
    },
    close,
  };
}

type Transaction = IdempotencyOptions['transaction'];

/** Replicas that do not share what they cache and count still work, each for itself. */
function sharedUrl(env: Environment, name: 'CACHE_URL' | 'RATE_LIMIT_URL', { log }: PortOptions): URL {
  const url = readUrl(env, name);
  if (url === undefined)
    log.warn(
      { setting: name },
      `${name} is not set: this replica keeps to itself what all of them should share`,
    );
  return url ?? new URL('memory:');
}

function needsEvents({ needs, contracts, consumers }: AnyService): boolean {
  return needs?.events === true || consumers !== undefined || Object.keys(contracts ?? {}).length > 0;
}

function noEvents(): Promise<never> {
  return Promise.reject(new Error('this service has no events: declare contracts, or needs.events'));
}

function noStore(): Promise<never> {
  return Promise.reject(new Error('this service has no store: declare needs.database'));
}

/** Without a registry a service starts, for its own tests, and says what is missing once it calls another one. */
const unreachable = (service: string): ServiceClient =>
  new Proxy({} as ServiceClient, {
    get: () => {
      throw new SettingError(
        'REGISTRY_URL',
        `REGISTRY_URL is not set: without it ${service} cannot be found.`,
      );
    },
  });
