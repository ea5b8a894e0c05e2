/**
 * What components can offer to services: one row each. Types, environment variables, rules, the embedded stack and `status`
 * follow from this table. A new capability is a row here, a port of the runtime, and a component that offers it; nothing else
 * names one (scripts/lint/literals.mjs).
 */
import type { Needs } from '@hometrip/runtime';

export interface CapabilityRow {
  /** For people, in the middle of a sentence: `the blueprint needs pub/sub`. */
  readonly title: string;
  /** Settings of the runtime begin with it: CACHE_URL, CACHE_PASSWORD_FILE, CACHE_NAMESPACE. */
  readonly prefix: string;
  /** Of the runtime's adapters; the address of a component has one of them. */
  readonly schemes: readonly string[];
  /** The port in `needs` of `defineService`; undefined: the runtime itself uses it, whatever the service needs. */
  readonly need: keyof Needs | undefined;
  /** The word of the runtime for a store of the service's own data. */
  readonly store?: Exclude<Needs['database'], undefined>;
  /**
   * How a service asks for it: as the store of its data (`database`), by `uses`, by the messages that it publishes or subscribes
   * to; or it always has it.
   */
  readonly claim: 'store' | 'uses' | 'messages' | 'always';
  /** A service that claims it with `uses` declares the need in its generated code. Otherwise its blueprint or its own code does. */
  readonly declared: boolean;
  /** Without it a service starts all the same. */
  readonly optional: boolean;
  /**
   * While nothing answers there: services `wait` for it before they start, and `up` refuses an external server that cannot be
   * reached; `refuse`: only the latter; `ignore`: neither.
   */
  readonly whenAway: 'wait' | 'refuse' | 'ignore';
  /** Every service has it in a stack that issues access tokens: the news of revoked ones travels on it. */
  readonly carriesRevocations?: true;
  /** What stands in for it in the embedded stack. */
  readonly embedded: Substitute;
}

/** `means`: said by `status` and `up`, since the user has to know that it is not the real thing. */
export type Substitute =
  /** On the embedded PostgreSQL. `own`: the service's own database; else one that all services share, under this name. */
  | {
      readonly on: 'server';
      readonly database: string;
      readonly means: string;
      readonly extensions?: readonly string[];
    }
  /** Files in a folder of this name beside the state of the stack. */
  | { readonly on: 'folder'; readonly folder: string; readonly means: string }
  /** The supervisor does it for every instance. */
  | { readonly on: 'supervisor'; readonly means: string }
  /** Nothing does: services go without. */
  | { readonly on: 'nothing'; readonly means: '' };

const postgres = ['postgres:', 'postgresql:'];
const redis = ['redis:', 'rediss:'];

const table = {
  database: {
    title: 'a relational database',
    prefix: 'DATABASE',
    schemes: postgres,
    need: 'database',
    store: 'sql',
    claim: 'store',
    declared: true,
    optional: false,
    whenAway: 'wait',
    embedded: { on: 'server', database: 'own', means: '' },
  },
  documents: {
    title: 'a document store',
    prefix: 'DOCUMENTS',
    schemes: ['mongodb:', 'mongodb+srv:', ...postgres],
    need: 'database',
    store: 'documents',
    claim: 'store',
    declared: true,
    optional: false,
    whenAway: 'wait',
    embedded: { on: 'server', database: 'own', means: 'JSONB documents' },
  },
  search: {
    title: 'a search engine',
    prefix: 'SEARCH',
    schemes: ['elasticsearch:', 'https:', ...postgres],
    need: 'search',
    claim: 'uses',
    declared: false,
    optional: false,
    whenAway: 'wait',
    embedded: {
      on: 'server',
      database: 'own',
      means: 'full text, trigrams, earthdistance',
      extensions: ['cube', 'earthdistance', 'pg_trgm', 'unaccent'],
    },
  },
  cache: {
    title: 'a cache',
    prefix: 'CACHE',
    schemes: ['memory:', ...redis, ...postgres],
    need: 'cache',
    claim: 'uses',
    declared: true,
    optional: true,
    whenAway: 'wait',
    embedded: { on: 'server', database: 'hometrip_cache', means: 'unlogged tables' },
  },
  pubsub: {
    title: 'pub/sub',
    prefix: 'PUBSUB',
    schemes: ['memory:', ...redis, ...postgres],
    need: 'pubsub',
    claim: 'uses',
    declared: true,
    optional: false,
    whenAway: 'wait',
    carriesRevocations: true,
    embedded: { on: 'server', database: 'hometrip_cache', means: 'LISTEN/NOTIFY' },
  },
  'rate-limit': {
    title: 'shared rate limits',
    prefix: 'RATE_LIMIT',
    schemes: ['memory:', ...redis, ...postgres],
    need: 'rateLimit',
    claim: 'uses',
    declared: true,
    optional: true,
    whenAway: 'wait',
    embedded: { on: 'server', database: 'hometrip_cache', means: 'unlogged tables' },
  },
  events: {
    title: 'events',
    prefix: 'EVENTS',
    schemes: ['amqp:', 'amqps:', ...postgres],
    need: 'events',
    claim: 'messages',
    declared: true,
    optional: false,
    whenAway: 'wait',
    embedded: { on: 'server', database: 'hometrip_events', means: 'queues, LISTEN/NOTIFY' },
  },
  mail: {
    title: 'mail',
    prefix: 'MAILER',
    schemes: ['smtp:', 'smtps:', 'file:'],
    need: 'mailer',
    claim: 'uses',
    declared: true,
    optional: false,
    // What is to be sent waits in the service.
    whenAway: 'refuse',
    embedded: { on: 'folder', folder: 'mail', means: 'local mailbox (.hometrip/mail)' },
  },
  registry: {
    title: 'a registry of instances',
    prefix: 'REGISTRY',
    schemes: ['consul:', 'consul+https:', 'file:', 'dns:', 'static:'],
    need: undefined,
    claim: 'always',
    declared: false,
    optional: true,
    whenAway: 'wait',
    embedded: { on: 'supervisor', means: 'registry of the supervisor (file)' },
  },
  traces: {
    title: 'traces',
    prefix: 'TRACES',
    schemes: ['http:', 'https:'],
    need: undefined,
    claim: 'always',
    declared: false,
    optional: true,
    // Telemetry may come later.
    whenAway: 'ignore',
    embedded: { on: 'nothing', means: '' },
  },
} as const satisfies Readonly<Record<string, CapabilityRow>>;

export type Capability = keyof typeof table;

/** Rows have all members of their type, whichever of them a row writes. */
export const capabilities: Readonly<Record<Capability, CapabilityRow>> = table;

export const allCapabilities = (): readonly Capability[] => Object.keys(capabilities) as Capability[];

const having = (test: (row: CapabilityRow) => boolean): readonly Capability[] =>
  allCapabilities().filter((capability) => test(capabilities[capability]));

/** Those that a service asks for in this way. */
export const claimedBy = (claim: CapabilityRow['claim']): readonly Capability[] =>
  having((row) => row.claim === claim);

/** Those on which the news of revoked tokens travels. */
export const revocationCarriers = (): readonly Capability[] =>
  having((row) => row.carriesRevocations === true);

export interface Offering {
  readonly capabilities: readonly Capability[];
}

/** Whether something offers a capability that is asked for in this way. */
export const offersBy = ({ capabilities: offered }: Offering, claim: CapabilityRow['claim']): boolean =>
  offered.some((capability) => capabilities[capability].claim === claim);

/** Whether services keep their data there in tables, with the names, limits and migrations of SQL. */
export const storesSql = ({ capabilities: offered }: Offering): boolean =>
  offered.some((capability) => capabilities[capability].store === 'sql');

/** DATABASE_URL */
export const urlSetting = (capability: Capability): string => `${capabilities[capability].prefix}_URL`;
export const passwordSetting = (capability: Capability): string =>
  `${capabilities[capability].prefix}_PASSWORD_FILE`;
/** What a service calls its own on a server that others use as well. */
export const namespaceSetting = (capability: Capability): string =>
  `${capabilities[capability].prefix}_NAMESPACE`;

/** Folders beside the state of the stack in which something stands in for a component: they go with its data. */
export const substituteFolders = (): readonly string[] =>
  allCapabilities().flatMap((capability) => {
    const { embedded } = capabilities[capability];
    return embedded.on === 'folder' ? [embedded.folder] : [];
  });
