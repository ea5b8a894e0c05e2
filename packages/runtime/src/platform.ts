/** What a service's own code gets: everything that was opened for it, typed by what it needs. */
import type { ServiceClient } from './calls/index.ts';
import type { Clock } from './clock.ts';
import type { Database, Db, Tx } from './database/index.ts';
import type { DocumentStore, DocumentTx } from './documents/index.ts';
import type { Contracts, EventBus } from './events/index.ts';
import type { Logger } from './log.ts';
import type { Registry as Metrics } from 'prom-client';
import type { Environment } from './settings.ts';

/** Declared by a service: what is opened from its settings. */
export interface Needs {
  /** `sql`: DATABASE_URL. `documents`: DOCUMENTS_URL, or SEARCH_URL. */
  readonly database?: 'sql' | 'documents' | undefined;
  /** EVENTS_URL. Also opened when there are contracts or consumers. */
  readonly events?: boolean | undefined;
  /** CACHE_URL */
  readonly cache?: boolean | undefined;
  /** PUBSUB_URL */
  readonly pubsub?: boolean | undefined;
  /** RATE_LIMIT_URL */
  readonly rateLimit?: boolean | undefined;
}

/** Names of what a platform offers beyond the basics: Platform<'sql'>, Platform<'documents'>. */
export type Need = 'sql' | 'documents';

interface Stores {
  sql: { readonly db: Db; readonly database: Database; transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> };
  documents: { readonly documents: DocumentStore; transaction<T>(work: (tx: DocumentTx) => Promise<T>): Promise<T> };
}

export interface PlatformBase<C extends Contracts = Contracts, L extends string = never> {
  /** `wishlist-service` */
  readonly name: string;
  /** `wishlist-service#1` */
  readonly instance: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly env: Environment;
  /** Publishes what `contracts` declares. With `tx`, events are sent if and only if the transaction commits. */
  readonly events: Pick<EventBus<C>, 'publish'>;
  /** A client for each service that `calls` declares. */
  readonly calls: { readonly [service in L]: ServiceClient };
  /** In the service's store, whichever it is. Repositories and `publish` take `tx`. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T>;
}

type All<N extends Need> = (N extends Need ? (stores: Stores[N]) => void : never) extends (stores: infer S) => void ? S : never;

/**
 * Every platform is also a `Platform`: code that only publishes and logs need not say which store there is.
 * Platform<'sql', typeof contracts> publishes no event without a contract, and no payload that does not fit its own;
 * Platform<'sql', typeof contracts, 'listing-service'> also calls that service.
 */
export type Platform<N extends Need = never, C extends Contracts = Contracts, L extends string = never> = [N] extends [never]
  ? PlatformBase<C, L>
  : PlatformBase<C, L> & All<N>;

export type PlatformFor<N extends Needs, C extends Contracts = Contracts, L extends string = never> = N['database'] extends 'sql'
  ? Platform<'sql', C, L>
  : N['database'] extends 'documents'
    ? Platform<'documents', C, L>
    : Platform<never, C, L>;
