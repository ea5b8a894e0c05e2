/**
 * One request and its response: what the handler gets and the context that logs and calls read. One object serves as
 * both, and whatever a route may not need is made when it is first asked for.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from '../auth/user.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../log.ts';
import { Kind, type Span } from '../telemetry/span.ts';
import { parseTraceParent, randomHex } from '../telemetry/trace-context.ts';
import { type Entry, entrySpan, originOf, type Tracer } from '../telemetry/tracer.ts';
import { parseIfMatch } from './etag.ts';
import type { RouteRequest } from './route.ts';

/** How long the caller still waits, in whole milliseconds: a duration, since clocks of two hosts differ. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** `platform`: a gateway or a service chose that time. Otherwise it is the client's own. */
export const TIMEOUT_SOURCE_HEADER = 'x-request-timeout-by';
export const PLATFORM = 'platform';

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

export class Exchange implements Context, Entry, RouteRequest {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly log: Logger;
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: string;
  /** The caller's span. */
  readonly parentId: string | undefined;
  readonly span: Span | undefined;
  readonly authorization: string | undefined;
  /** From performance.now(). */
  readonly startedAt: number;
  readonly timeout: number | undefined;
  readonly deadline: number | undefined;
  hurried: boolean;
  transaction: Context['transaction'] = undefined;
  /** The client still sends its body: it is not the service that takes so long. */
  uploading = false;
  params: unknown = undefined;
  query: unknown = undefined;
  body: unknown = undefined;
  headers: unknown = undefined;
  user: User | undefined = undefined;
  record: unknown = undefined;
  /** Set when the response has been written: whatever comes later is dropped. */
  answered = false;
  #abort: AbortController | undefined;

  /** @param trusted Whether callers may say that they are traced, and whose the deadline is: services may, clients of a gateway may not. */
  constructor(
    raw: IncomingMessage,
    response: ServerResponse,
    log: Logger,
    tracer?: Tracer | undefined,
    trusted = true,
  ) {
    const { headers } = raw;
    this.raw = raw;
    this.response = response;
    this.log = log;
    this.startedAt = performance.now();
    this.authorization = headers.authorization;
    const requestId = headers['x-request-id'] as string | undefined;
    this.requestId = requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : randomHex(16);
    const parent = parseTraceParent(headers['traceparent'] as string | undefined);
    const origin = originOf(parent, tracer, trusted);
    this.traceId = origin.traceId;
    this.traceFlags = origin.traceFlags;
    this.parentId = origin.parentId;
    this.spanId = randomHex(8);
    this.span = entrySpan(tracer, origin, this.spanId, Kind.server);
    this.timeout = parseTimeout(headers[TIMEOUT_HEADER] as string | undefined);
    this.hurried = this.timeout !== undefined && !(trusted && headers[TIMEOUT_SOURCE_HEADER] === PLATFORM);
    this.deadline = this.timeout === undefined ? undefined : Date.now() + this.timeout;
  }

  get context(): Context {
    return this;
  }

  get ifMatch(): number | undefined {
    return parseIfMatch(this.raw.headers['if-match']);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      if (this.gone) abort.abort(new ClientGone());
      else this.response.once('close', () => this.gone && abort.abort(new ClientGone()));
    }
    return this.#abort.signal;
  }

  /** The client went away before it had its answer. */
  get gone(): boolean {
    return this.response.destroyed && !this.response.writableFinished;
  }

  /** As which status it counts: a client that gives too little time is one that did not wait, not a failing service. */
  counted(status: number): number {
    return status === 504 && this.hurried ? 499 : status;
  }

  abort(reason: Error): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}

export class ClientGone extends Error {
  override readonly name = 'AbortError';
  constructor() {
    super('The client went away.');
  }
}

/** Nonsense is ignored, as for any header that only helps. */
function parseTimeout(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  const milliseconds = Number(header);
  return milliseconds > 0 ? milliseconds : undefined;
}
