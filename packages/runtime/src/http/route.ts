/**
 * Typed routes. A route is plain data: schemas, documentation and a handler; the HTTP server compiles it, the OpenAPI
 * renderer reads it. What the schemas accept is what the handler gets, and what it returns must fit `responses`.
 */
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { HolderOf, User } from '../auth/user.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../log.ts';
import type { Ownership } from './authorize.ts';
import type { ReferenceRule } from './references.ts';
import type { Content, Reply } from './reply.ts';

/** Methods that routes may have. HEAD and OPTIONS are answered from GET and the table of routes. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call a route. `user` is any caller with a valid token; admins are also hosts; `service` is internal calls only. */
export type Auth = 'public' | 'user' | `role:${string}` | 'admin' | 'service';

type Schema = z.ZodType;
/** Parsed values; without a schema there are none. */
type Parsed<S, Otherwise> = S extends Schema ? z.output<S> : Otherwise;

type UserOf<A extends Auth> = A extends 'public' ? User | undefined : User;

/** A schema, `null` for no body, or `content(…)` for anything that is not JSON. */
export type ResponseSpec = Schema | Content | null;
/** By status: the schema of the body, `content(…)` for what is not JSON, null for none. */
export type Responses = { readonly [status: number]: ResponseSpec };

type ReplyBody<S> = S extends null
  ? undefined
  : S extends Content
    ? string | Uint8Array
    : S extends Schema
      ? z.output<S>
      : never;
/** What a handler may return: a declared status with its body. */
export type ReplyOf<R extends Responses> = { [S in keyof R & number]: Reply<S, ReplyBody<R[S]>> }[keyof R &
  number];

/** By field of the body: the rule for the records that it may refer to. */
export type ReferenceRules<Body> = {
  readonly [K in keyof Body as Body[K] extends string | null | undefined ? K : never]?: ReferenceRule;
};

/** What a handler gets. */
export interface RouteRequest<
  P = unknown,
  Q = unknown,
  B = unknown,
  H = unknown,
  U = User | undefined,
  T = unknown,
> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: H;
  /** What the route's `record` found, and the caller may have; undefined for routes that have none. */
  readonly record: T;
  /** Never undefined on routes that are not public; on public ones present when a valid token was sent. */
  readonly user: U;
  /** The revision in `If-Match`; undefined when absent or `*`. Hand it to `update` and `delete`. */
  readonly ifMatch: number | undefined;
  /** Aborted when the client goes away or the deadline passes. */
  readonly signal: AbortSignal;
  /** Every line carries the ids of the request. */
  readonly log: Logger;
  readonly context: Context;
  /** The raw request; its body is read when the route declares one. */
  readonly raw: IncomingMessage;
}

/** A route as it is declared; the schemas type the handler. */
export interface RouteOptions<P, Q, B, H, R extends Responses, A extends Auth, T> {
  /** One line for the documentation; default: derived from method and path. */
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  /** Heading in the documentation. */
  readonly tag?: string | undefined;
  /** Stable name of the operation; default: derived, `listWishlists`. */
  readonly operationId?: string | undefined;
  readonly deprecated?: boolean | undefined;
  /** Default `user`: forgetting it never opens a route. */
  readonly auth?: A | undefined;
  readonly params?: P | undefined;
  /**
   * Finds what the route is about, before its body is read; undefined answers 404. The handler gets it as `record`:
   * `record: ({ params }) => wishlists.get(params.id)`.
   */
  readonly record?:
    | ((request: {
        readonly params: Parsed<P, Record<string, string>>;
        readonly user: UserOf<A>;
      }) => Promise<T | undefined> | T | undefined)
    | undefined;
  /**
   * Which users may have the record: `ownedBy('owner')`, or `ownedBy('owner', { otherwise: 403 })` for one that others may read.
   * The handler does not run for anyone else, and their body is not read. Without a rule the record is open to all who pass `auth`.
   */
  readonly authorize?: Ownership<HolderOf<NoInfer<T>>> | undefined;
  readonly query?: Q | undefined;
  readonly body?: B | undefined;
  /**
   * Fields of the body that refer to records, each with the rule for what the caller may refer to:
   * `{ listingId: ownedRecord(listings) }`. They are checked before the handler runs; null and absent fields refer to nothing.
   */
  readonly references?: ReferenceRules<Parsed<NoInfer<B>, {}>> | undefined;
  /** Names in lower case. Headers that it does not name are not seen by the handler. */
  readonly headers?: H | undefined;
  readonly responses: R;
  /** Statuses of problems that only this route answers, for the documentation: [409]. */
  readonly problems?: readonly number[] | undefined;
  /**
   * Takes an `Idempotency-Key` header, for POST and PATCH: what comes again with a key takes no effect again, and gets the answer of
   * the first. All writes of the handler to the store belong to one transaction then (repositories, `platform.transaction`,
   * `platform.events`), which also keeps the answer for 24 hours; statements on `platform.db` do not. The service needs a database.
   */
  readonly idempotencyKey?: boolean | undefined;
  /** Bytes; default: BODY_LIMIT_BYTES, which a gateway in front does not exceed either. */
  readonly bodyLimit?: number | undefined;
  handler(
    request: RouteRequest<
      Parsed<P, Record<string, string>>,
      Parsed<Q, Record<string, never>>,
      Parsed<B, undefined>,
      Parsed<H, Record<string, never>>,
      UserOf<A>,
      T
    >,
  ): ReplyOf<R> | Promise<ReplyOf<R>>;
}

/** A route with its types erased: what the server and the documentation work on. */
export interface Route {
  readonly method: Method;
  /** Below the service's base path, `/wishlists/:id`. */
  readonly path: string;
  readonly auth: Auth;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly tag: string | undefined;
  readonly operationId: string | undefined;
  readonly deprecated: boolean;
  readonly params: Schema | undefined;
  readonly record: ((request: any) => unknown) | undefined;
  /** Undefined: open to all who pass `auth`. */
  readonly authorize: Ownership | undefined;
  readonly query: Schema | undefined;
  readonly body: Schema | undefined;
  readonly references: Readonly<Record<string, ReferenceRule>> | undefined;
  readonly headers: Schema | undefined;
  readonly responses: Responses;
  readonly problems: readonly number[];
  readonly idempotencyKey: boolean;
  /** Undefined: the server's. */
  readonly bodyLimit: number | undefined;
  readonly handler: (request: RouteRequest<any, any, any, any, any, any>) => Reply | Promise<Reply>;
}

function declare(method: Method) {
  return <
    const R extends Responses,
    P extends Schema | undefined = undefined,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
    H extends Schema | undefined = undefined,
    A extends Auth = 'user',
    T = undefined,
  >(
    path: string,
    options: RouteOptions<P, Q, B, H, R, A, T>,
  ): Route => {
    // Left open by a typo, it would be open to everyone.
    if (options.authorize !== undefined && options.record === undefined)
      throw new TypeError(
        `${method} ${path} has a rule for its record (authorize), but no record: add record, which finds it.`,
      );
    if (options.references !== undefined && options.auth === 'public')
      throw new TypeError(
        `${method} ${path} has rules for references, but its callers may be anonymous: set auth to user.`,
      );
    if (options.idempotencyKey === true && method !== 'POST' && method !== 'PATCH')
      throw new TypeError(`${method} ${path} needs no idempotencyKey: repeating it does no harm.`);
    return {
      method,
      path,
      auth: options.auth ?? 'user',
      summary: options.summary,
      description: options.description,
      tag: options.tag,
      operationId: options.operationId,
      deprecated: options.deprecated ?? false,
      params: options.params,
      record: options.record,
      authorize: options.authorize,
      query: options.query,
      body: options.body,
      references: options.references as Readonly<Record<string, ReferenceRule>> | undefined,
      headers: options.headers,
      responses: options.responses,
      problems: options.problems ?? [],
      idempotencyKey: options.idempotencyKey ?? false,
      bodyLimit: options.bodyLimit,
      handler: (request) => options.handler(request) as Reply | Promise<Reply>,
    };
  };
}

/**
 * Declares a route: `route.get('/wishlists/:id', options)`, and `post`, `put`, `patch`, `delete` alike. `options` are
 * `RouteOptions`; what comes back is plain data for the `routes` of a service.
 */
export const route = {
  get: declare('GET'),
  post: declare('POST'),
  put: declare('PUT'),
  patch: declare('PATCH'),
  delete: declare('DELETE'),
} as const;
