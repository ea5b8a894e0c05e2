/**
 * Errors that a client may see, as problem details (RFC 9457). Throw one anywhere below a handler. Everything else
 * that is thrown becomes a plain 500 whose cause is in the log only.
 */

/** One thing that is wrong with the input. */
export interface FieldError {
  /** Where, as segments joined by dots, starting with the part of the request: `body.title`, `query.limit`. */
  readonly path: string;
  /** The rest of a sentence that begins with the path: `is required`, `must be at least 1`. */
  readonly message: string;
  /** Stable, for programs: `required`, `too_small`, `invalid_type`, `unrecognized_keys` … */
  readonly code: string;
}

/** What makes a problem. */
export interface ProblemOptions {
  readonly status: number;
  /** Stable and kebab-case: `not-found`. `type` is derived from it. */
  readonly code: string;
  /** Short and the same for every occurrence; default: the words of `code`. */
  readonly title?: string | undefined;
  /** What happened this time, for a human. Shown to clients: no internals. */
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  /** Headers of the response: Allow, Retry-After, WWW-Authenticate. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Further members of the problem document. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

const TYPE_PREFIX = 'urn:problem-type:hometrip:';

/** An error that clients see as a problem document (RFC 9457) with this status. Anything else that is thrown is a plain 500. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(options: ProblemOptions) {
    const title = options.title ?? sentence(options.code);
    super(options.detail ?? title, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.type = TYPE_PREFIX + options.code;
    this.title = title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

/** The JSON document that goes over the wire as `application/problem+json`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string;
}

/** The document of a problem. @param requestId Shown to the client, so that the logs can be searched for it. */
export function problemDocument(problem: ProblemError, requestId?: string): ProblemDocument {
  return {
    ...problem.extensions,
    type: problem.type,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** 400: the request itself is malformed. */
export const badRequest = (detail: string, code = 'bad-request'): ProblemError =>
  new ProblemError({ status: 400, code, detail });

/** 401, with `WWW-Authenticate`. @param error `invalid_token` when one was sent, but is not valid. */
export const unauthorized = (detail = 'Send a valid access token.', error?: 'invalid_token'): ProblemError =>
  new ProblemError({
    status: 401,
    code: 'unauthorized',
    detail,
    // RFC 6750, section 3.
    headers: { 'www-authenticate': error === undefined ? 'Bearer' : `Bearer error="${error}"` },
  });

/** 403: known, but not allowed. */
export const forbidden = (detail = 'You may not do this.'): ProblemError =>
  new ProblemError({ status: 403, code: 'forbidden', detail });

/** @param what The thing that is missing, `wishlist`, or nothing when even that says too much. */
export const notFound = (what?: string): ProblemError =>
  new ProblemError({
    status: 404,
    code: 'not-found',
    detail: what === undefined ? undefined : `There is no such ${what}.`,
  });

/** 408: the client took too long to send. */
export const requestTimeout = (detail: string): ProblemError =>
  new ProblemError({ status: 408, code: 'request-timeout', detail });

/** 409: the state does not allow it, or a value exists already. */
export const conflict = (detail: string, code = 'conflict', errors?: readonly FieldError[]): ProblemError =>
  new ProblemError({ status: 409, code, detail, errors });

/** 412: `If-Match` names an older revision. */
export const preconditionFailed = (
  detail = 'It was changed since you read it: read it again and retry.',
): ProblemError => new ProblemError({ status: 412, code: 'precondition-failed', detail });

/** 413. @param limit Bytes. */
export const payloadTooLarge = (limit: number): ProblemError =>
  new ProblemError({
    status: 413,
    code: 'payload-too-large',
    detail: `The body may have at most ${limit} bytes.`,
  });

/** 415: the body has another content type than the route takes. */
export const unsupportedMediaType = (detail: string): ProblemError =>
  new ProblemError({ status: 415, code: 'unsupported-media-type', detail });

/** Well-formed, but against the declared schema or a rule of the domain. Malformed input is 400. */
export const unprocessable = (
  detail: string,
  errors?: readonly FieldError[],
  code = 'unprocessable',
): ProblemError => new ProblemError({ status: 422, code, detail, errors });

/** 422 with every reason; what the runtime itself answers when input does not fit its schema. */
export const validationFailed = (
  errors: readonly FieldError[],
  detail = 'Some values are not valid.',
): ProblemError => new ProblemError({ status: 422, code: 'validation-failed', detail, errors });

/** @param retryAfter Seconds. */
export const tooManyRequests = (retryAfter: number): ProblemError =>
  new ProblemError({
    status: 429,
    code: 'too-many-requests',
    detail: `Try again in ${Math.ceil(retryAfter)} s.`,
    headers: { 'retry-after': String(Math.ceil(retryAfter)) },
  });

/** @param retryAfter Seconds. */
export const unavailable = (detail: string, retryAfter = 1, code = 'unavailable'): ProblemError =>
  new ProblemError({ status: 503, code, detail, headers: { 'retry-after': String(Math.ceil(retryAfter)) } });

/** 502: another service gave no usable answer. */
export const badGateway = (detail: string): ProblemError =>
  new ProblemError({ status: 502, code: 'bad-gateway', detail });

/** 504: another service did not answer in time. */
export const gatewayTimeout = (detail: string): ProblemError =>
  new ProblemError({ status: 504, code: 'gateway-timeout', detail });

function sentence(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
