/** What a service is made of. */
export { z } from 'zod';
export {
  closedVerifier,
  createVerifier,
  remoteKeys,
  type Verifier,
  type VerifierOptions,
} from './auth/verifier.ts';
export {
  createServiceIdentity,
  createServiceVerifier,
  SERVICE_TOKEN_HEADER,
  type ServiceIdentity,
} from './auth/service-identity.ts';
export { isAdmin, isService, mayEnter, ownedBy, type User } from './auth/user.ts';
export { systemClock, type Clock } from './clock.ts';
export { currentContext, runInContext, type Context } from './context.ts';
export * from './database/index.ts';
export * from './documents/index.ts';
export { entity, patchOf } from './entity.ts';
export * from './events/index.ts';
export { IdParams, listQuery, page, type ListQuery, type Page } from './http/paging.ts';
export * from './http/problem.ts';
export { accepted, content, created, noContent, ok, reply, type Content, type Reply } from './http/reply.ts';
export { TIMEOUT_HEADER } from './http/exchange.ts';
export {
  route,
  type Auth,
  type Method,
  type Responses,
  type Route,
  type RouteRequest,
} from './http/route.ts';
export { createLogger, type Logger } from './log.ts';
export { migrate, migrationStatus, MigrationError } from './migrations/index.ts';
export { openApiDocument, type ApiDefinition, type OpenApiDocument } from './openapi/document.ts';
export type { Need, Needs, Platform, PlatformFor } from './platform.ts';
export { openPort, type Opener, type Port, type PortOptions } from './port.ts';
export { defineService, type AnyService, type ServiceDefinition, type Stop } from './service/definition.ts';
export { documentOf } from './service/document.ts';
export { run } from './service/run.ts';
export { start, type RunningService, type StartOptions } from './service/start.ts';
export {
  readInteger,
  readSetting,
  readUrl,
  requireSetting,
  requireUrl,
  SettingError,
  type Environment,
} from './settings.ts';
export { formatTraceParent, parseTraceParent, randomHex } from './telemetry/trace-context.ts';
export * from './repository/index.ts';
export {
  openCalls,
  ServiceClient,
  type CallOptions,
  type CallPolicy,
  type CallResponse,
  type Calls,
} from './calls/index.ts';
export { openRegistry, type Instance, type Registry } from './registry/index.ts';
export { openCache, type Cache } from './cache/index.ts';
export {
  isAfter,
  openPubSub,
  type Follower,
  type Following,
  type Keep,
  type PubSub,
} from './pubsub/index.ts';
export {
  openRateLimiter,
  type Decision,
  type Limit,
  type NamedLimit,
  type RateLimiter,
} from './rate-limit/index.ts';
export {
  openSearch,
  IndexMismatchError,
  type Search,
  type SearchIndex,
  type FieldDefinition as SearchFieldDefinition,
  type Filter as SearchFilter,
  type GeoPoint,
  type IndexDefinition as SearchIndexDefinition,
  type Operation as SearchOperation,
  type Query as SearchQuery,
  type Result as SearchResult,
  type Sort as SearchSort,
} from './search/index.ts';
