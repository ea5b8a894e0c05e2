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
export class ProblemError extends Error implements Where {
  override readonly name = 'ProblemError';
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

  constructor({ method, url }: Where, { status, statusText, headers }: Response, document: object) {
    const members = document as Readonly<Record<string, unknown>>;
    const text = (name: string): string | undefined => {
      const value = members[name];
      return typeof value === 'string' ? value : undefined;
    };
    const title = text('title') ?? `HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    const errors = Array.isArray(members['errors']) ? (members['errors'] as FieldError[]) : [];
    super(messageOf(text('detail'), errors) ?? `${method} ${url} was answered with ${title}.`);
    this.method = method;
    this.url = url;
    this.status = status;
    this.code = text('code') ?? `http-${status}`;
    this.type = text('type') ?? 'about:blank';
    this.title = title;
    this.detail = text('detail');
    this.errors = errors;
    this.requestId = text('requestId');
    const seconds = headers.get('retry-after') ?? '';
    this.retryAfter = /^\d+$/.test(seconds) ? Number(seconds) : undefined;
  }
}

function messageOf(detail: string | undefined, errors: readonly FieldError[]): string | undefined {
  if (detail === undefined || errors.length < 2) return detail;
  return `${detail} ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}.`;
}

/** There was no answer: the service was not reached, the connection broke, or it took too long. What was sent may have had its effect. */
export class NoAnswerError extends Error implements Where {
  override readonly name = 'NoAnswerError';
  readonly method: string;
  readonly url: string;
  readonly reason: 'unreachable' | 'timeout';

  constructor({ method, url }: Where, reason: NoAnswerError['reason'], message: string, cause: unknown) {
    super(`${method} ${url} ${message}`, { cause });
    this.method = method;
    this.url = url;
    this.reason = reason;
  }
}

/** The answer is none of the API: something else listens at `baseUrl`, or a proxy answers in its place. */
export class UnexpectedAnswerError extends Error implements Where {
  override readonly name = 'UnexpectedAnswerError';
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** What came, as text. */
  readonly body: string;

  constructor({ method, url }: Where, { status, headers }: Response, body: string, cause?: unknown) {
    const type = headers.get('content-type') ?? undefined;
    const what = cause === undefined ? (type ?? 'no content type') : 'what is not JSON';
    super(
      `${method} ${url} was answered with ${what} instead of JSON (status ${status}): is baseUrl the address of the API? It begins with ${JSON.stringify(body.slice(0, 80))}.`,
      { cause },
    );
    this.method = method;
    this.url = url;
    this.status = status;
    this.contentType = type;
    this.body = body;
  }
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

const TIMEOUT_MS = 30_000;

/** @throws TypeError when `baseUrl` is not an address. */
export function createSend({
  baseUrl,
  token,
  fetch: send = fetch,
  timeoutMs = TIMEOUT_MS,
}: ClientOptions): Send {
  const base = baseOf(baseUrl);
  return async <T>(call: Call): Promise<T> => {
    const { method, path, query, body, options = {}, text: plain = false } = call;
    const bearer = typeof token === 'function' ? await token() : token;
    const headers = new Headers({ accept: plain ? '*/*' : 'application/json' });
    for (const [name, value] of Object.entries(call.headers ?? {}))
      if (value !== undefined) headers.set(name, String(value));
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (options.ifMatch !== undefined) headers.set('if-match', `"${options.ifMatch}"`);
    if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
    const where = { method, url: base + path + queryText(query) };
    const patience = options.timeoutMs ?? timeoutMs;
    const timeout = Number.isFinite(patience) ? AbortSignal.timeout(patience) : undefined;
    const signals = [options.signal, timeout].filter((signal) => signal !== undefined);
    let response: Response;
    let text: string;
    try {
      response = await send(where.url, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: signals.length === 0 ? null : AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (timeout?.aborted === true)
        throw new NoAnswerError(where, 'timeout', `was not answered within ${patience / 1_000} s.`, error);
      throw new NoAnswerError(
        where,
        'unreachable',
        `got no answer: ${whyUnreachable(error)}. Is the server up, and is baseUrl its address?`,
        error,
      );
    }
    const value = parsedOf(where, response, text, plain);
    if (response.ok) return value as T;
    throw new ProblemError(where, response, typeof value === 'object' && value !== null ? value : {});
  };
}

/** In a browser it may be a path: the same origin then. */
function baseOf(baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  const relative = 'location' in globalThis && (base === '' || base.startsWith('/'));
  if (relative || /^https?:$/.test(protocolOf(base))) return base;
  throw new TypeError(
    `baseUrl is ${JSON.stringify(baseUrl)}, which is not an address: write http:// or https:// and the host`,
  );
}

const protocolOf = (address: string): string => (URL.canParse(address) ? new URL(address).protocol : '');

function parsedOf(where: Where, response: Response, text: string, plain: boolean): unknown {
  if (text === '') return undefined;
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  if (json) {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new UnexpectedAnswerError(where, response, text, error);
    }
  }
  // What is not a problem document says nothing more than its status.
  if (!response.ok) return undefined;
  if (!plain) throw new UnexpectedAnswerError(where, response, text);
  return text;
}

/** Node has the reason in the cause; browsers keep it to themselves. */
function whyUnreachable(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  const code = cause?.code ?? '';
  return REASONS[code] ?? (cause?.message || message || String(error));
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no such host (ENOTFOUND)',
  EAI_AGAIN: 'the name of the host cannot be looked up at the moment (EAI_AGAIN)',
  ECONNRESET: 'the connection was broken (ECONNRESET)',
  UND_ERR_SOCKET: 'the connection was closed (UND_ERR_SOCKET)',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about (UND_ERR_CONNECT_TIMEOUT)',
  CERT_HAS_EXPIRED: 'the certificate has expired (CERT_HAS_EXPIRED)',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the certificate is signed by an unknown authority (DEPTH_ZERO_SELF_SIGNED_CERT)',
};

/** A part of a path. @throws TypeError for what would lead to another path: an empty one, `.` and `..`. */
export function segment(value: string | number | boolean): string {
  const text = String(value);
  if (value === undefined || text === '' || text === '.' || text === '..')
    throw new TypeError(`a parameter of a path is ${JSON.stringify(value)}, which leads elsewhere`);
  return encodeURIComponent(text);
}

function queryText(query: object = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items) if (item !== undefined) parameters.append(name, String(item));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** All items of a list, page after page. */
export async function* everyItem<T, Q extends { readonly cursor?: string | undefined }>(
  list: (query: Q) => Promise<Page<T>>,
  query: Q,
): AsyncGenerator<T, void, undefined> {
  let page = await list(query);
  yield* page.items;
  while (page.nextCursor !== null) {
    page = await list({ ...query, cursor: page.nextCursor });
    yield* page.items;
  }
}
