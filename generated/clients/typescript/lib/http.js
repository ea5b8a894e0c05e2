/** How every call is made: JSON over fetch, problems as errors, pages as an iterator. */
/** The service refused: what it said (RFC 9457); or something before it did, a proxy, which says less. */
export class ProblemError extends Error {
  name = 'ProblemError';
  method;
  url;
  status;
  /** Stable, for programs: `validation-failed`; `http-502` where the answer has none. */
  code;
  type;
  title;
  detail;
  errors;
  /** Ask the operators about it by this. */
  requestId;
  /** Seconds to wait before another try, where the answer says so (429, 503). */
  retryAfter;
  constructor({ method, url }, { status, statusText, headers }, document) {
    const members = document;
    const text = (name) => {
      const value = members[name];
      return typeof value === 'string' ? value : undefined;
    };
    const title = text('title') ?? `HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
    const errors = Array.isArray(members['errors']) ? members['errors'] : [];
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

function messageOf(detail, errors) {
  if (detail === undefined || errors.length < 2) return detail;
  return `${detail} ${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}.`;
}

/** There was no answer: the service was not reached, the connection broke, or it took too long. What was sent may have had its effect. */
export class NoAnswerError extends Error {
  name = 'NoAnswerError';
  method;
  url;
  reason;
  constructor({ method, url }, reason, message, cause) {
    super(`${method} ${url} ${message}`, { cause });
    this.method = method;
    this.url = url;
    this.reason = reason;
  }
}

/** The answer is none of the API: something else listens at `baseUrl`, or a proxy answers in its place. */
export class UnexpectedAnswerError extends Error {
  name = 'UnexpectedAnswerError';
  method;
  url;
  status;
  contentType;
  /** What came, as text. */
  body;
  constructor({ method, url }, { status, headers }, body, cause) {
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
const TIMEOUT_MS = 30_000;

/** @throws TypeError when `baseUrl` is not an address. */
export function createSend({ baseUrl, token, fetch: send = fetch, timeoutMs = TIMEOUT_MS }) {
  const base = baseOf(baseUrl);
  return async (call) => {
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
    let response;
    let text;
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
    if (response.ok) return value;
    throw new ProblemError(where, response, typeof value === 'object' && value !== null ? value : {});
  };
}

/** In a browser it may be a path: the same origin then. */
function baseOf(baseUrl) {
  const base = baseUrl.replace(/\/+$/, '');
  const relative = 'location' in globalThis && (base === '' || base.startsWith('/'));
  if (relative || /^https?:$/.test(protocolOf(base))) return base;
  throw new TypeError(
    `baseUrl is ${JSON.stringify(baseUrl)}, which is not an address: write http:// or https:// and the host`,
  );
}
const protocolOf = (address) => (URL.canParse(address) ? new URL(address).protocol : '');

function parsedOf(where, response, text, plain) {
  if (text === '') return undefined;
  const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  if (json) {
    try {
      return JSON.parse(text);
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
function whyUnreachable(error) {
  const { message, cause } = error;
  const code = cause?.code ?? '';
  return REASONS[code] ?? (cause?.message || message || String(error));
}
const REASONS = {
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
export function segment(value) {
  const text = String(value);
  if (value === undefined || text === '' || text === '.' || text === '..')
    throw new TypeError(`a parameter of a path is ${JSON.stringify(value)}, which leads elsewhere`);
  return encodeURIComponent(text);
}

function queryText(query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const items = Array.isArray(value) ? value : [value];
    for (const item of items) if (item !== undefined) parameters.append(name, String(item));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** All items of a list, page after page. */
export async function* everyItem(list, query) {
  let page = await list(query);
  yield* page.items;
  while (page.nextCursor !== null) {
    page = await list({ ...query, cursor: page.nextCursor });
    yield* page.items;
  }
}
