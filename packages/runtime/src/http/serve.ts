/** Runs one request through a compiled route, and writes whatever comes out of it. */
import type { ServerResponse } from 'node:http';
import type { User } from '../auth/user.ts';
import { runInContext } from '../context.ts';
import { authenticate, type Verifiers } from './authenticate.ts';
import { readJson } from './body.ts';
import { type CompiledRoute, encoderFor } from './compile.ts';
import { etagOf, matchesIfNoneMatch, revisionOf } from './etag.ts';
import { callerOf, idempotencyKeyOf } from '../idempotency/key.ts';
import type { Idempotency } from '../idempotency/idempotency.ts';
import type { KeptAnswer } from '../idempotency/port.ts';
import type { Exchange } from './exchange.ts';
import { linger } from './linger.ts';
import { mergeHeaders, SECURITY_HEADERS } from './headers.ts';
import { gatewayTimeout, ProblemError, problemDocument, requestTimeout } from './problem.ts';
import { recordOf } from './record.ts';
import { checkReferences } from './references.ts';
import type { Reply } from './reply.ts';
import { parsePart } from './validate.ts';

export interface ServeOptions extends Verifiers {
  /** True once the service stops: connections are closed after their answer. */
  readonly draining: () => boolean;
  /** Bytes, of a body whose route says no other. */
  readonly bodyLimit: number;
  /** For routes that take an Idempotency-Key. */
  readonly idempotency?: Idempotency | undefined;
}

/** Calls `done` once, with the status that was sent (499: nobody was there any more). */
export function serve(
  exchange: Exchange,
  compiled: CompiledRoute,
  values: readonly string[],
  options: ServeOptions,
  done: (status: number) => void,
): void {
  runInContext(exchange, () => {
    const timer =
      exchange.timeout === undefined ? undefined : startTimer(exchange, exchange.timeout, options, done);
    void work(exchange, compiled, values, options).then(
      (reply) => finish(exchange, timer, () => write(exchange, compiled, reply, options), options, done),
      (error: unknown) => finish(exchange, timer, () => writeError(exchange, error, options), options, done),
    );
  });
}

async function work(
  exchange: Exchange,
  compiled: CompiledRoute,
  values: readonly string[],
  options: ServeOptions,
): Promise<Reply | Answer> {
  const { route } = compiled;
  const user = authenticate(route.auth, exchange.raw.headers, options);
  exchange.user = user instanceof Promise ? await user : user;
  exchange.params = compiled.params(values);
  const url = exchange.raw.url as string;
  const question = url.indexOf('?');
  exchange.query = compiled.query(question === -1 ? '' : url.slice(question + 1));
  exchange.headers = compiled.headers(exchange.raw.headers);
  if (route.record !== undefined) exchange.record = await recordOf(route, exchange);
  let sent: unknown;
  if (route.body !== undefined) {
    exchange.uploading = true;
    sent = await readJson(exchange.raw, route.bodyLimit ?? options.bodyLimit);
    exchange.uploading = false;
    exchange.body = parsePart('body', route.body, sent);
  }
  const { idempotency } = options;
  const key = route.idempotencyKey ? idempotencyKeyOf(exchange.raw.headers['idempotency-key']) : undefined;
  if (key === undefined || idempotency === undefined) return handle(exchange, compiled);
  const { answer, replayed } = await idempotency.once(
    exchange,
    { caller: callerOf(exchange.user), key },
    `${exchange.raw.method} ${url}\n${JSON.stringify(sent)}`,
    async () => kept(answerOf(compiled, await handle(exchange, compiled))),
  );
  const headers = replayed ? { ...answer.headers, [REPLAYED_HEADER]: 'true' } : answer.headers;
  return { ...answer, headers, replayed };
}

/** What refers to records is checked with the effects: a request that comes again gets its answer, even if the record has gone. */
async function handle(exchange: Exchange, { route }: CompiledRoute): Promise<Reply> {
  if (route.references !== undefined)
    await checkReferences(route.references, exchange.body as {}, exchange.user as User);
  return route.handler(exchange);
}

/** Says that this answer was given before. */
const REPLAYED_HEADER = 'idempotent-replayed';

const kept = ({ status, headers, body }: Answer): KeptAnswer => ({
  status,
  headers,
  body: body === undefined ? undefined : Buffer.from(body as string),
});

function finish(
  exchange: Exchange,
  timer: NodeJS.Timeout | undefined,
  write: () => number,
  options: ServeOptions,
  done: (status: number) => void,
): void {
  clearTimeout(timer);
  if (exchange.answered) return;
  exchange.answered = true;
  let status: number;
  try {
    status = exchange.gone ? 499 : write();
  } catch (error) {
    status = afterFailedWrite(exchange, error, options);
  }
  done(status);
  linger(exchange.raw, options.draining);
}

/** Serialising failed, or the reply breaks its route's promise. Nothing was sent in most cases, and a 500 can be. */
function afterFailedWrite(exchange: Exchange, error: unknown, options: ServeOptions): number {
  if (!exchange.response.headersSent) return writeError(exchange, error, options);
  exchange.log.error({ err: error }, 'a response could not be written');
  exchange.response.destroy();
  return 500;
}

function startTimer(
  exchange: Exchange,
  timeout: number,
  options: ServeOptions,
  done: (status: number) => void,
): NodeJS.Timeout {
  return setTimeout(() => {
    if (exchange.answered) return;
    exchange.answered = true;
    const problem = exchange.uploading
      ? requestTimeout('The body did not arrive within the time that the caller gave.')
      : gatewayTimeout('The time that the caller gave is over.');
    exchange.abort(problem);
    done(
      exchange.gone ? 499 : writeProblem(exchange.response, problem, exchange.requestId, options.draining()),
    );
    linger(exchange.raw, options.draining);
  }, timeout);
}

/** What is sent, without what belongs to one connection or one request. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: string | Uint8Array | undefined;
  readonly replayed: boolean;
}

function answerOf(compiled: CompiledRoute, reply: Reply, etag = etagFor(reply)): Answer {
  const encoder = encoderFor(compiled, reply);
  const headers: Record<string, string> = etag === undefined ? {} : { etag };
  const body = encoder.encode(reply.body);
  if (body !== undefined) headers['content-type'] = encoder.contentType as string;
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name.toLowerCase()] = value;
  return { status: reply.status, headers, body, replayed: false };
}

function write(
  exchange: Exchange,
  compiled: CompiledRoute,
  reply: Reply | Answer,
  options: ServeOptions,
): number {
  const { raw, response } = exchange;
  const headers = baseHeaders(exchange.requestId, options.draining());
  headers.push('cache-control', compiled.route.auth === 'public' ? 'no-cache' : 'private, no-cache');
  const etag = 'replayed' in reply ? undefined : etagFor(reply);
  if (etag !== undefined && isCurrent(exchange, compiled, reply.status, etag)) {
    // RFC 9110, section 15.4.5: with the headers of the 200, which caches take over.
    response.writeHead(304, mergeHeaders(mergeHeaders(headers, { etag }), reply.headers ?? {})).end();
    return 304;
  }
  const answer = 'replayed' in reply ? reply : answerOf(compiled, reply, etag);
  mergeHeaders(headers, answer.headers);
  const { body } = answer;
  // RFC 9110, section 8.6: no Content-Length with 204.
  const length =
    body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  if (body !== undefined || answer.status !== 204) headers.push('content-length', String(length));
  response.writeHead(answer.status, headers);
  if (body === undefined || raw.method === 'HEAD') response.end();
  else response.end(body);
  return answer.status;
}

function etagFor({ status, body }: Reply): string | undefined {
  const revision = status < 300 ? revisionOf(body) : undefined;
  return revision === undefined ? undefined : etagOf(revision);
}

/** The client has this revision already. */
function isCurrent({ raw }: Exchange, { route }: CompiledRoute, status: number, etag: string): boolean {
  const known = raw.headers['if-none-match'];
  return known !== undefined && status === 200 && route.method === 'GET' && matchesIfNoneMatch(known, etag);
}

function writeError(exchange: Exchange, error: unknown, options: ServeOptions): number {
  if (exchange.gone) return 499;
  return writeProblem(exchange.response, asProblem(error, exchange), exchange.requestId, options.draining());
}

/** Anything that was not meant for clients is logged with its cause, and told as a bare 500. */
function asProblem(error: unknown, exchange: Exchange): ProblemError {
  if (error instanceof ProblemError) {
    if (error.status >= 500) exchange.log.error({ err: error }, error.message);
    return error;
  }
  exchange.log.error({ err: error }, 'a request failed unexpectedly');
  return new ProblemError({ status: 500, code: 'internal', title: 'Internal error', cause: error });
}

export function writeProblem(
  response: ServerResponse,
  problem: ProblemError,
  requestId: string,
  draining: boolean,
): number {
  const text = JSON.stringify(problemDocument(problem, requestId));
  const headers = baseHeaders(requestId, draining);
  headers.push(
    'content-type',
    'application/problem+json',
    'content-length',
    String(Buffer.byteLength(text)),
    'cache-control',
    'no-store',
  );
  mergeHeaders(headers, problem.headers);
  response.writeHead(problem.status, headers);
  if (response.req.method === 'HEAD') response.end();
  else response.end(text);
  return problem.status;
}

function baseHeaders(requestId: string, draining: boolean): string[] {
  const headers = ['x-request-id', requestId, ...SECURITY_HEADERS];
  if (draining) headers.push('connection', 'close');
  return headers;
}
