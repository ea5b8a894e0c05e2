/** What a service's own code gets: everything that was opened for it, typed by what it needs. */
import type { Revocations } from './auth/revocations/index.ts';
import type { User } from './auth/user.ts';
import type { Cache } from './cache/index.ts';
import type { Calling, CallsOf, InstancePool } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Database, Db, Tx } from './database/index.ts';
import type { DocumentStore, DocumentTx } from './documents/index.ts';
import type { Contracts, EventBus } from './events/index.ts';
import type { Logger } from './log.ts';
import type { Mailer } from './mailer/index.ts';
import type { HttpMetrics } from './metrics/http.ts';
import type { Registry as Metrics } from 'prom-client';
import type { PubSub } from './pubsub/index.ts';
import type { RateLimiter } from './rate-limit/index.ts';
import type { Search } from './search/index.ts';
import type { Environment } from './settings.ts';
import type { Tracer } from './telemetry/tracer.ts';

/** Declared by a service: what is opened from its settings. */
export interface Needs {
  /** `sql`: DATABASE_URL. `documents`: DOCUMENTS_URL, or SEARCH_URL. */
  readonly database?: 'sql' | 'documents' | undefined;
  /** EVENTS_URL. Also opened when there are contracts or consumers. */
  readonly events?: boolean | undefined;
  /** CACHE_URL; without it, a cache in this process. */
  readonly cache?: boolean | undefined;
  /** PUBSUB_URL */
  readonly pubsub?: boolean | undefined;
  /** RATE_LIMIT_URL; without it, limits that this process counts alone. */
  readonly rateLimit?: boolean | undefined;
  /** SEARCH_URL */
  readonly search?: boolean | undefined;
  /** MAILER_URL, and MAILER_FROM for the sender. */
  readonly mailer?: boolean | undefined;
}

/** Names of what a platform offers beyond the basics: Platform<'sql'>, Platform<'documents' | 'cache'>. */
export type Need = 'sql' | 'documents' | 'cache' | 'pubsub' | 'rateLimit' | 'search' | 'mailer';

interface Stores {
  sql: {
    readonly db: Db;
    readonly database: Database;
    transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  };
  documents: {
    readonly documents: DocumentStore;
    transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T>;
  };
  cache: { readonly cache: Cache };
  pubsub: { readonly pubsub: PubSub };
  rateLimit: { readonly rateLimit: RateLimiter };
  search: { readonly search: Search };
  mailer: { readonly mailer: Mailer };
}

/** What every service has, whatever it needs. */
export interface PlatformBase<C extends Contracts = Contracts, L extends Calling = never> {
  /** `wishlist-service` */
  readonly name: string;
  /** `wishlist-service#1` */
  readonly instance: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Takes spans; undefined without TRACES_URL. For spans within a request there is `inSpan`. */
  readonly tracer: Tracer | undefined;
  readonly clock: Clock;
  readonly env: Environment;
  /** Publishes what `contracts` declares. With `tx`, events are sent if and only if the transaction commits. */
  readonly events: Pick<EventBus<C>, 'publish'>;
  /** What `calls` declares: `calls.bookingService.getBooking({ id })`, or `calls['booking-service'].get(…)` for a bare name. */
  readonly calls: CallsOf<L>;
  /** Chooses among the instances of any service, for proxies; undefined without REGISTRY_URL. */
  readonly instances?: InstancePool | undefined;
  /** Requests by route and status. Declared routes count themselves; a fallback counts what it answers. */
  readonly requests: HttpMetrics;
  /**
   * Who sends this Authorization header; undefined when it carries no bearer token. A promise only for a token that was not
   * seen before. @throws ProblemError 401 for a token that is not valid, 503 when the keys cannot be had.
   */
  authenticate(header: string | undefined): User | undefined | Promise<User>;
  /** Whose access tokens were taken back before their end. `authenticate` knows; what goes on for longer than a request looks here. */
  readonly revocations: Revocations;
  /** True once the service stops: answers tell clients to close their connection. */
  draining(): boolean;
  /** `drain`: at the beginning of the stop, beside the requests under way. `close`: after the last request. */
  onStop(moment: 'drain' | 'close', work: () => Promise<void> | void): void;
  /** In the service's store, whichever it is. Repositories and `publish` take `tx`. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T>;
}

type All<N extends Need> = (N extends Need ? (stores: Stores[N]) => void : never) extends (
  stores: infer S,
) => void
  ? S
  : never;

/**
 * Every platform is also a `Platform`: code that only publishes and logs need not say which store there is.
 * Platform<'sql', typeof contracts> publishes no event without a contract, and no payload that does not fit its own;
 * Platform<'sql', typeof contracts, typeof calls> also calls what `calls` lists.
 */
export type Platform<N extends Need = never, C extends Contracts = Contracts, L extends Calling = never> = [
  N,
] extends [never]
  ? PlatformBase<C, L>
  : PlatformBase<C, L> & All<N>;

/** The names behind what a service declares. */
type NeedsOf<N extends Needs> =
  | Extract<N['database'], 'sql' | 'documents'>
  | (N['cache'] extends true ? 'cache' : never)
  | (N['pubsub'] extends true ? 'pubsub' : never)
  | (N['rateLimit'] extends true ? 'rateLimit' : never)
  | (N['search'] extends true ? 'search' : never)
  | (N['mailer'] extends true ? 'mailer' : never);

/** The platform of a service that declares these needs, contracts and calls. */
export type PlatformFor<
  N extends Needs,
  C extends Contracts = Contracts,
  L extends Calling = never,
> = Platform<NeedsOf<N>, C, L>;
