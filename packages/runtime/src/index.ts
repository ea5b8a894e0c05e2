/** What a service is made of. */
export { z } from 'zod';
export type { Adapters } from './adapters.ts';
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
  identityKeys,
  SERVICE_TOKEN_HEADER,
  type IdentityKey,
  type IdentityKeys,
  type ServiceIdentity,
  type ServiceVerifierOptions,
} from './auth/service-identity.ts';
export type { Revocation, Revocations } from './auth/revocations/index.ts';
export { isAdmin, isService, mayEnter, requireOwner, type HolderOf, type User } from './auth/user.ts';
export { clientOf, TrustedProxies, type Client } from './gateway/client-address.ts';
export { systemClock, type Clock } from './clock.ts';
export { currentContext, runInContext, type Context } from './context.ts';
export * from './database/index.ts';
export * from './documents/index.ts';
export type { AnswerStore, Claim, KeptAnswer, RequestKey } from './idempotency/port.ts';
export { entity, filtersOf, patchOf } from './entity.ts';
export { field } from './fields.ts';
export * from './events/index.ts';
export { ownedBy, type Ownership } from './http/authorize.ts';
export type { ReferenceRule } from './http/references.ts';
export { IdParams, listQuery, page, type ListQuery, type Page } from './http/paging.ts';
export * from './http/problem.ts';
export { accepted, content, created, noContent, ok, reply, type Content, type Reply } from './http/reply.ts';
export { TIMEOUT_HEADER } from './http/exchange.ts';
export {
  route,
  type Auth,
  type Method,
  type ReplyOf,
  type ResponseSpec,
  type ReferenceRules,
  type Responses,
  type Route,
  type RouteOptions,
  type RouteRequest,
} from './http/route.ts';
export { createLogger, type Logger, type LogLevel, type LogOptions } from './log.ts';
export {
  defineMail,
  html,
  listMails,
  MailRefusedError,
  MailUnavailableError,
  openMailer,
  readMail,
  text,
  type MailAddress,
  type Attachment,
  type Mail,
  type MailContent,
  type Mailer,
  type Html,
  type HtmlValue,
  type MailAdapter,
  type MailerOptions,
  type MailSummary,
  type MailTemplate,
  type Parcel,
  type Refusal,
  type StoredMail,
  type Text,
  type TextValue,
} from './mailer/index.ts';
export type { HttpMetrics, RouteMetrics } from './metrics/http.ts';
export {
  migrate,
  migrationStatus,
  MigrationError,
  type FailedStatement,
  type MigrateOptions,
  type MigrationStatus,
  type RowsInTheWay,
} from './migrations/index.ts';
export { columnOf, fieldOf } from './names.ts';
export { openApiDocument, type ApiDefinition, type OpenApiDocument } from './openapi/document.ts';
export type { JsonSchema } from './openapi/schemas.ts';
export type { Need, Needs, Platform, PlatformBase, PlatformFor } from './platform.ts';
export { openPort, type Opener, type Port, type PortOptions } from './port.ts';
export { defineService, type AnyService, type ServiceDefinition, type Stop } from './service/definition.ts';
export { runTask, TaskError, type Task, type TaskOutcome } from './service/task.ts';
export { documentOf } from './service/document.ts';
export type { Address } from './service/listen.ts';
export { run } from './service/run.ts';
export { start, type RunningService, type StartOptions } from './service/start.ts';
export {
  type Bounds,
  readInteger,
  readSetting,
  readUrl,
  requireSetting,
  requireUrl,
  SettingError,
  type Environment,
} from './settings.ts';
export {
  formatTraceParent,
  parseTraceParent,
  randomHex,
  type TraceParent,
} from './telemetry/trace-context.ts';
export type { TracerOptions } from './telemetry/open.ts';
export {
  inSpan,
  type AttributeValue,
  type Attributes,
  type Kind as SpanKind,
  type Position as SpanPosition,
  type Span,
  type SpanHandle,
} from './telemetry/span.ts';
export type { Tracer } from './telemetry/tracer.ts';
export * from './repository/index.ts';
export {
  CallError,
  defineCallee,
  openCalls,
  operation,
  ServiceClient,
  type Balance,
  type BreakerPolicy,
  type BulkheadPolicy,
  type Callable,
  type CalledNames,
  type Callee,
  type Caller,
  type CallFailure,
  type Calling,
  type CallOptions,
  type CallPolicy,
  type CallResponse,
  type Calls,
  type CallsOf,
  type CallsOptions,
  type CamelCase,
  type HeaderOptions,
  type InstancePool,
  type Operation,
  type OperationCall,
  type OperationInput,
  type OperationOptions,
  type Outcome as CallOutcome,
  type Picked,
  type PickOptions,
  type RefusedCall,
  type TakenHeader,
} from './calls/index.ts';
export { openRegistry, type Announcement, type Instance, type Registry } from './registry/index.ts';
export {
  openCache,
  type Cache,
  type CacheAdapter,
  type SetOptions as CacheSetOptions,
} from './cache/index.ts';
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
  type RateLimitAdapter,
  type RateLimiter,
} from './rate-limit/index.ts';
export {
  openSearch,
  IndexMismatchError,
  type Search,
  type SearchIndex,
  type FieldDefinition as SearchFieldDefinition,
  type AdapterHit as SearchAdapterHit,
  type AdapterResult as SearchAdapterResult,
  type FacetCount,
  type Filter as SearchFilter,
  type Generation as SearchGeneration,
  type GeoPoint,
  type Hit as SearchHit,
  type IndexDefinition as SearchIndexDefinition,
  type Operation as SearchOperation,
  type Outcome as SearchOutcome,
  type Position as SearchPosition,
  type Query as SearchQuery,
  type ResolvedQuery as ResolvedSearchQuery,
  type ResolvedSuggestion as ResolvedSearchSuggestion,
  type Result as SearchResult,
  type Scalar as SearchScalar,
  type SearchAdapter,
  type Sort as SearchSort,
  type Source as SearchSource,
  type Suggest as SearchSuggestion,
  type WriteOptions as SearchWriteOptions,
} from './search/index.ts';
