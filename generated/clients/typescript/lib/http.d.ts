/** How every call is made: JSON over fetch, problems as errors, pages as an iterator. */
export interface ClientOptions {
  /** Address of the gateway: `https://hometrip.example`. */
  readonly baseUrl: string;
  /** The access token, or where to get a fresh one; without it, calls are anonymous. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** How long a call may take, its answer included. Default 30 s; `Infinity`: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

export interface RequestOptions {
  /** Change or delete only while the revision is still this one; otherwise the call fails with status 412. */
  readonly ifMatch?: number | undefined;
  /**
   * Makes it safe to repeat a call that failed without an answer, for what is created: with the same key within 24 hours it is created
   * once, and the answer of the first call comes again. A new one for each thing: `crypto.randomUUID()`.
   */
  readonly idempotencyKey?: string | undefined;
  /** Gives the call up when aborted: it rejects with the signal's reason, as fetch does. What was sent may have its effect. */
  readonly signal?: AbortSignal | undefined;
  /** For this call, instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

export interface FieldError {
  /** `body.title` */
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

/** Which call went wrong. */
interface Where {
  readonly method: string;
  /** Complete, with its query. */
  readonly url: string;
}

/** The service refused: what it said (RFC 9457); or something before it did, a proxy, which says less. */
export declare class ProblemError extends Error implements Where {
  readonly name = 'ProblemError';
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Stable, for programs: `validation-failed`; `http-502` where the answer has none. */
  readonly code: string;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  /** Ask the operators about it by this. */
  readonly requestId: string | undefined;
  /** Seconds to wait before another try, where the answer says so (429, 503). */
  readonly retryAfter: number | undefined;
  constructor({ method, url }: Where, { status, statusText, headers }: Response, document: object);
}

/** There was no answer: the service was not reached, the connection broke, or it took too long. What was sent may have had its effect. */
export declare class NoAnswerError extends Error implements Where {
  readonly name = 'NoAnswerError';
  readonly method: string;
  readonly url: string;
  readonly reason: 'unreachable' | 'timeout';
  constructor({ method, url }: Where, reason: NoAnswerError['reason'], message: string, cause: unknown);
}

/** The answer is none of the API: something else listens at `baseUrl`, or a proxy answers in its place. */
export declare class UnexpectedAnswerError extends Error implements Where {
  readonly name = 'UnexpectedAnswerError';
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** What came, as text. */
  readonly body: string;
  constructor({ method, url }: Where, { status, headers }: Response, body: string, cause?: unknown);
}

export interface Call {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  readonly query?: object | undefined;
  /** What the operation itself declares, beside those of `options`. */
  readonly headers?: object | undefined;
  readonly body?: unknown;
  readonly options?: RequestOptions | undefined;
  /** What is answered is text, not JSON. */
  readonly text?: boolean | undefined;
}

/**
 * Sends a call and returns the parsed body; undefined for an empty one.
 * @throws ProblemError, NoAnswerError, UnexpectedAnswerError, or the reason of the caller's signal.
 */
export type Send = <T>(call: Call) => Promise<T>;

/** @throws TypeError when `baseUrl` is not an address. */
export declare function createSend({ baseUrl, token, fetch: send, timeoutMs }: ClientOptions): Send;

/** A part of a path. @throws TypeError for what would lead to another path: an empty one, `.` and `..`. */
export declare function segment(value: string | number | boolean): string;

/** All items of a list, page after page. */
export declare function everyItem<
  T,
  Q extends {
    readonly cursor?: string | undefined;
  },
>(list: (query: Q) => Promise<Page<T>>, query: Q): AsyncGenerator<T, void, undefined>;
