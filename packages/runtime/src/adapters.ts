/** Adapters that do not come with the runtime: a service hands them over in its definition, beside the ones that do. */
import type { CacheAdapter } from './cache/port.ts';
import type { Database, DatabaseOptions } from './database/index.ts';
import type { DocumentAdapter } from './documents/port.ts';
import type { BusAdapter, BusOptions } from './events/index.ts';
import type { MailAdapter, MailerOptions } from './mailer/index.ts';
import type { Opener } from './port.ts';
import type { PubSub } from './pubsub/port.ts';
import type { RateLimitAdapter } from './rate-limit/port.ts';
import type { Registry } from './registry/port.ts';
import type { SearchAdapter } from './search/port.ts';
import type { TracerOptions } from './telemetry/open.ts';
import type { Tracer } from './telemetry/tracer.ts';

/**
 * By port, each with the schemes that it opens; one of these wins over a built-in one for the same scheme. What an adapter
 * must do is said by the port's interface, and proven by its suite in `@hometrip/runtime/testing/conformance`.
 */
export interface Adapters {
  readonly cache?: readonly Opener<CacheAdapter>[] | undefined;
  readonly database?: readonly Opener<Database, DatabaseOptions>[] | undefined;
  readonly documents?: readonly Opener<DocumentAdapter>[] | undefined;
  readonly events?: readonly Opener<BusAdapter, BusOptions>[] | undefined;
  readonly mailer?: readonly Opener<MailAdapter, MailerOptions>[] | undefined;
  readonly pubsub?: readonly Opener<PubSub>[] | undefined;
  readonly rateLimit?: readonly Opener<RateLimitAdapter>[] | undefined;
  readonly registry?: readonly Opener<Registry>[] | undefined;
  readonly search?: readonly Opener<SearchAdapter>[] | undefined;
  readonly traces?: readonly Opener<Tracer, TracerOptions>[] | undefined;
}
