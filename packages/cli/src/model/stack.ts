/**
 * The stack: the frozen model of the whole system that every renderer and driver reads. Plain data, fully resolved
 * (defaults applied, references checked), ordered (services as declared, everything else by name), equal for equal input.
 */
import type { ComponentMonitoring, Datasource } from '../components/component.ts';
import type { Blueprint } from './blueprints.ts';
import type { Capability } from './capabilities.ts';
import type { Expression } from './expression.ts';

export type { Capability } from './capabilities.ts';

export interface Stack {
  readonly name: string;
  /** The overlay chosen with --env; undefined for the plain spec. */
  readonly environment: string | undefined;
  /** Gateways first, then services, each in declared order. */
  readonly services: readonly Service[];
  readonly components: readonly Component[];
  /** services' and components' workloads in start order (dependencies first). */
  readonly workloads: readonly Workload[];
  readonly events: readonly EventContract[];
  readonly rateLimits: readonly RateLimit[];
  /** What users can be: the first is what a new account is, `admin` the last. */
  readonly roles: readonly Role[];
  /** Bytes of the longest request body, at the edge, the gateways and the services. */
  readonly bodyLimit: number;
  /** Addresses and networks of the proxies in front of the edge. */
  readonly trustedProxies: readonly string[];
  /** Logical databases inside components, one per service that declares `database`. */
  readonly databases: readonly Database[];
  /** Named secrets of the stack; their values live in files of the driver, never here. */
  readonly secrets: readonly Secret[];
  /** Path prefixes at the edge and who answers them, longest first. */
  readonly routes: readonly EdgeRoute[];
}

/** What to run, for services and components alike; targets map it to a container, a pod or a process. */
export interface Workload {
  readonly name: string;
  readonly kind: 'gateway' | 'service' | 'component';
  /** Present for components: `postgres:17-alpine`. Services are built from `source`. */
  readonly image: string | undefined;
  /** Present for services: folder below the output folder, `services/booking-service`. */
  readonly source: string | undefined;
  /** Arguments after the image's entrypoint. */
  readonly command: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, Expression>>;
  /** Secrets this workload may read; each arrives as a file and its path in `<env>_FILE` (or as `env` says for images with own names). */
  readonly secrets: readonly SecretUse[];
  readonly ports: readonly Port[];
  /** Named volumes, data that survives the container. */
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  /** Generated files that are mounted read-only: path below the output folder → path in the container. */
  readonly files: readonly { readonly source: string; readonly path: string }[];
  readonly health: Probe;
  readonly limits: Limits;
  readonly replicas: number;
  readonly autoscale: Autoscale | undefined;
  /** Names of workloads that must be healthy first. */
  readonly dependsOn: readonly string[];
  readonly networks: readonly ('private' | 'public')[];
  /** User inside the container where the image does not set one; root is never allowed for services. */
  readonly user: string | undefined;
  /** Linux capabilities that stay; everything else is dropped. */
  readonly capabilities: readonly string[];
  /** Writable paths that are not data (tmpfs), since the root file system is read-only where the image allows it. */
  readonly scratch: readonly string[];
  readonly readOnly: boolean;
  /** How long a graceful stop may take, in seconds. */
  readonly stopGrace: number;
}

export interface Port {
  /** `http`, `sql`, `amqp`, `management` … unique in its workload. */
  readonly name: string;
  /** Inside the container or process. */
  readonly container: number;
  /** On the operator's machine; undefined when it is not published. Components publish on loopback only. */
  readonly published: number | undefined;
  /** True only for the edge: published on every interface. */
  readonly public: boolean;
  readonly protocol: 'http' | 'tcp';
}

export type Probe =
  | {
      readonly kind: 'http';
      readonly port: string;
      readonly path: string;
      readonly startPeriodSeconds: number;
    }
  /** Runs in the container; only programs that the real image has. */
  | { readonly kind: 'exec'; readonly command: readonly string[]; readonly startPeriodSeconds: number };

export interface Limits {
  /** Cores. */
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
}

export interface Autoscale {
  readonly min: number;
  readonly max: number;
  /** Per cent of the CPU limit. */
  readonly cpu: number;
}

export interface Slo {
  /** Share of good requests: 0.999. */
  readonly availability: number;
  /** Milliseconds. */
  readonly latencyMs: number;
  /** 0.95 for p95. */
  readonly quantile: number;
}

/** How callers spread requests over replicas. */
export type Balance = 'round_robin' | 'least_conn' | 'ip_hash';

/** One of the user's processes: a gateway or a microservice. */
export interface Service {
  readonly name: string;
  readonly kind: 'gateway' | 'service';
  /** What it is built from, all of its blueprint.json. */
  readonly blueprint: Blueprint;
  readonly description: string | undefined;
  readonly port: number;
  readonly replicas: number;
  readonly balance: Balance;
  readonly public: boolean;
  /** The component that stores its data, `postgres`; undefined for services without a store. */
  readonly database: string | undefined;
  /** Components it uses, its database included, sorted. */
  readonly uses: readonly string[];
  /** Services it calls. */
  readonly calls: readonly string[];
  /** How it calls them, where the runtime's defaults do not fit; sorted by name. */
  readonly callPolicies: Readonly<Record<string, CallPolicy>>;
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
  /** Its earlier name, whose data it takes over. */
  readonly renamedFrom: string | undefined;
  readonly entities: readonly Entity[];
  /** What accounts can be, for a service that issues tokens: the first is what a new one is. Empty for all others. */
  readonly accountRoles: readonly Role[];
  /** What connects it to each component: environment of the workload, by capability. */
  readonly bindings: readonly Binding[];
  readonly rateLimit: string | undefined;
  readonly slo: Slo;
  readonly limits: Limits;
  readonly autoscale: Autoscale | undefined;
}

/** As the runtime takes it; durations in milliseconds, `threshold` between 0 and 1, `false`: switched off. */
export interface CallPolicy {
  readonly timeoutMs?: number | undefined;
  readonly attempts?: number | undefined;
  readonly hedgeAfterMs?: number | undefined;
  readonly breaker?:
    | false
    | {
        readonly threshold?: number | undefined;
        readonly windowMs?: number | undefined;
        readonly minimumCalls?: number | undefined;
        readonly openMs?: number | undefined;
        readonly maxOpenMs?: number | undefined;
      }
    | undefined;
  readonly bulkhead?:
    | false
    | { readonly concurrent?: number | undefined; readonly queued?: number | undefined }
    | undefined;
}

/** A service's connection to a capability. The scheme of the URL chooses the adapter in the runtime. */
export interface Binding {
  readonly capability: Capability;
  readonly component: string;
  /** Environment variable that carries the URL: DATABASE_URL. */
  readonly env: string;
  /** Without a password: that comes from `secret`, as `<env without _URL>_PASSWORD_FILE`. */
  readonly url: Expression;
  readonly secret: string | undefined;
  /** What the runtime wants to know beside the address: `{ MAILER_FROM: 'no-reply@example.com' }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** The runtime needs it, no code of the service: `uses` does not name it. */
  readonly implied?: true | undefined;
}

export interface Component {
  readonly name: string;
  /** The folder below components/: `postgres`. */
  readonly kind: string;
  /** Of its kind, for people: `RabbitMQ: the event bus`. */
  readonly description: string;
  readonly version: string;
  /** Set when the user runs it elsewhere: then there is no workload, and bindings use this address. */
  readonly external: Expression | undefined;
  /** Where the databases of single services are, by service. */
  readonly addresses: Readonly<Record<string, Expression>>;
  readonly capabilities: readonly Capability[];
  /** Validated parameters of this kind (port, retention …). */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where Prometheus finds its metrics, if it has any. */
  readonly metrics: readonly ScrapeTarget[];
  /** Where a browser finds its own web page, if it has one. */
  readonly console: { readonly port: string; readonly path: string } | undefined;
  /** Alerts and panels of its kind. */
  readonly monitoring: ComponentMonitoring;
  /** How Grafana reads it; undefined: it cannot. */
  readonly datasource: Datasource | undefined;
  /**
   * What the embedded stack has in its place: it is the embedded `server` or the `edge` itself, or it is not run and people have
   * something `instead`. Undefined: the substitutes of its capabilities.
   */
  readonly embedded: 'server' | 'edge' | { readonly instead: string } | undefined;
}

export interface ScrapeTarget {
  readonly workload: string;
  readonly port: string;
  readonly path: string;
}

export interface Database {
  /** Name inside the server: `booking`, or `shop_booking` on one that others use as well. Also the role's name. */
  readonly name: string;
  /** Who makes it: the stack's own server, hometrip on a server that runs elsewhere, or nobody here (`addresses`). */
  readonly place: 'stack' | 'server' | 'address';
  readonly component: string;
  readonly service: string;
  /** Server extensions that its blueprint or entities need: btree_gist. */
  readonly extensions: readonly string[];
  readonly secret: string;
}

export interface Secret {
  /** A DNS label: `booking-database-password`. */
  readonly name: string;
  /**
   * `public-keys` is no secret, and follows from others: the public halves of all services' identity keys. `given` is somebody
   * else's choice, a password for a server outside of the stack: it is never made up.
   */
  readonly kind: 'password' | 'key' | 'public-keys' | 'given';
  readonly description: string;
}

export interface SecretUse {
  readonly secret: string;
  /** Name of the variable that carries the file's path: DATABASE_PASSWORD_FILE, POSTGRES_PASSWORD_FILE. */
  readonly env: string;
}

export interface EventContract {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly publishers: readonly string[];
  readonly subscribers: readonly string[];
}

export interface RateLimit {
  readonly name: string;
  /** Requests per second. */
  readonly rate: number;
  readonly burst: number;
}

export interface EdgeRoute {
  /** `/api/v1/bookings`: below it, everything goes to the service. */
  readonly prefix: string;
  readonly service: string;
  readonly rateLimit: string | undefined;
}

/** Who may do something with an entity. `owner` means the user in the entity's owner field; admins may always. */
export type Access = 'public' | 'user' | 'owner' | `role:${string}` | 'admin' | 'service';

/** What a user can be. */
export interface Role {
  readonly name: string;
  readonly description: string | undefined;
}

export interface Entity {
  /** As declared, kebab-case: `blocked-date`. */
  readonly name: string;
  /** blockedDate, BlockedDate, blocked_date, blocked-dates. */
  readonly names: {
    readonly camel: string;
    readonly pascal: string;
    readonly table: string;
    readonly path: string;
    readonly plural: string;
  };
  readonly fields: readonly Field[];
  /** Name of the field of type `user` that says whose it is; undefined for entities without owner. */
  readonly ownerField: string | undefined;
  readonly access: {
    readonly read: Access;
    readonly create: Access;
    readonly update: Access;
    readonly delete: Access;
  };
  /** Each a list of field names that are unique together. */
  readonly unique: readonly (readonly string[])[];
  /** Its earlier name, whose records it takes over. */
  readonly renamedFrom: string | undefined;
}

export interface Field {
  /** camelCase, as in JSON. */
  readonly name: string;
  /** snake_case, as in SQL. */
  readonly column: string;
  readonly type: FieldType;
  readonly list: boolean;
  readonly optional: boolean;
  /** JSON value used when the client gives none; undefined when there is none. */
  readonly default: unknown;
  readonly unique: boolean;
  /** Set by the server only: never accepted from clients. */
  readonly readOnly: boolean;
  /** Fields of the referenced record of which one must name the caller, as an id or in a list; empty when any record will do. Admins and services may refer to any. */
  readonly mine: readonly string[];
  /** Its earlier name, whose values it takes over. */
  readonly renamedFrom: string | undefined;
}

export type FieldType =
  | { readonly kind: 'string'; readonly maxLength: number }
  | {
      readonly kind:
        | 'text'
        | 'boolean'
        | 'uuid'
        | 'date'
        | 'datetime'
        | 'email'
        | 'url'
        | 'money'
        | 'currency'
        | 'json'
        | 'user';
    }
  | { readonly kind: 'int' | 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  /** An id of another entity; a foreign key when both live in the same SQL database. */
  | { readonly kind: 'reference'; readonly entity: string; readonly service: string };
