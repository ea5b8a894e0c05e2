/** A service, declared: plain data and functions; nothing is opened until it is started. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import type { Adapters } from '../adapters.ts';
import type { Callable, CalledNames } from '../calls/callee.ts';
import type { CallPolicy } from '../calls/policy.ts';
import type { Consumer, Contracts } from '../events/contracts.ts';
import type { Route } from '../http/route.ts';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { Needs, PlatformFor } from '../platform.ts';
import type { Task } from './task.ts';

/** Ends what a background task holds. */
export type Stop = () => Promise<void> | void;

/** A service: what it needs, what it answers, what it does when an event comes. */
export interface ServiceDefinition<
  N extends Needs = Needs,
  C extends Contracts = Contracts,
  L extends readonly Callable[] = readonly Callable[],
  P = PlatformFor<N, C, L>,
> {
  /** `wishlist-service` */
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  /** Before the path of every route; default `/api/v1`. */
  readonly basePath?: string | undefined;
  readonly needs?: N | undefined;
  /** Adapters of its own, for schemes that the runtime does not know. */
  readonly adapters?: Adapters | undefined;
  /** Services that it calls: generated descriptions (`src/calls/`), or bare names. */
  readonly calls?: L | undefined;
  /** How calls to each of them behave, where the defaults do not fit. */
  readonly callPolicies?: { readonly [service in CalledNames<L>]?: CallPolicy | undefined } | undefined;
  /** Schema of each event that it publishes or handles, by name. */
  readonly contracts?: C | undefined;
  /** Folder of the SQL migrations, for `main.js migrate`; default: `migrations/` beside the folder of main. */
  readonly migrations?: URL | undefined;
  /** Called once; must only declare, since the documentation calls it too, with nothing opened. */
  routes(platform: P): readonly Route[];
  consumers?: ((platform: P) => readonly Consumer[]) | undefined;
  /** Extends the HTTP server with Express, for whatever the routes do not answer. */
  express?: ((app: Express, platform: P) => void) | undefined;
  /**
   * Answers whatever the routes do not, without Express: a proxy. `/openapi.json` too, since what it offers is more than its own
   * routes. @param document Of those.
   */
  fallback?: ((platform: P, document: () => OpenApiDocument) => RequestListener) | undefined;
  /** HTTP upgrades: WebSockets. */
  upgrade?: ((platform: P) => (request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** What the operator of the machine may have it do: `main.js task NAME`. Called for a task, never while it serves. */
  tasks?: ((platform: P) => readonly Task[]) | undefined;
  /** Background work: begins once the service listens, ends when it drains. */
  start?: ((platform: P) => Promise<Stop | undefined> | Stop | undefined) | undefined;
}

/** What the runtime itself works on, whatever a service needs. */
export type AnyService = ServiceDefinition<any, any, any, any>;

/** Checks the types of a service, and hands it back. */
export function defineService<
  const N extends Needs = {},
  C extends Contracts = Contracts,
  const L extends readonly Callable[] = readonly [],
>(definition: ServiceDefinition<N, C, L>): ServiceDefinition<N, C, L> {
  return definition;
}
