/** How every call is made: JSON over fetch, problems as errors, pages as an iterator. */

export interface ClientOptions {
  /** Address of the gateway: `https://hometrip.example`. */
  readonly baseUrl: string;
  /** The access token, or where to get a fresh one; without it, calls are anonymous. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
}

export interface RequestOptions {
  /** Change or delete only while the revision is still this one; otherwise the call fails with status 412. */
  readonly ifMatch?: number | undefined;
  /**
   * Makes it safe to repeat a call that failed without an answer, for what is created: with the same key within 24 hours it is created
   * once, and the answer of the first call comes again. A new one for each thing: `crypto.randomUUID()`.
   */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
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

/** The service refused: what it said (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  /** Stable, for programs: `validation-failed`. */
  readonly code: string;
  readonly type: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly requestId: string | undefined;

  constructor(status: number, document: Readonly<Record<string, unknown>>) {
    const text = (name: string): string | undefined => {
      const value = document[name];
      return typeof value === 'string' ? value : undefined;
    };
    super(text('detail') ?? text('title') ?? `HTTP ${status}`);
    this.status = status;
    this.code = text('code') ?? `http-${status}`;
    this.type = text('type') ?? 'about:blank';
    this.title = text('title') ?? `HTTP ${status}`;
    this.detail = text('detail');
    this.errors = Array.isArray(document['errors']) ? (document['errors'] as FieldError[]) : [];
    this.requestId = text('requestId');
  }
}

export interface Call {
  readonly method: string;
  /** Encoded. */
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly options?: RequestOptions | undefined;
}

/** Sends a call and returns the parsed body; undefined for an empty one. @throws ProblemError, or what fetch throws. */
export type Send = <T>(call: Call) => Promise<T>;

export function createSend({ baseUrl, token, fetch: send = fetch }: ClientOptions): Send {
  const base = baseUrl.replace(/\/+$/, '');
  return async <T>({ method, path, query, body, options = {} }: Call): Promise<T> => {
    const bearer = typeof token === 'function' ? await token() : token;
    const headers = new Headers({ accept: 'application/json' });
    if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (options.ifMatch !== undefined) headers.set('if-match', `"${options.ifMatch}"`);
    if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
    const response = await send(base + path + queryText(query), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: options.signal ?? null,
    });
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const value: unknown = text === '' ? undefined : json ? JSON.parse(text) : text;
    if (response.ok) return value as T;
    throw new ProblemError(response.status, typeof value === 'object' && value !== null ? { ...value } : {});
  };
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
