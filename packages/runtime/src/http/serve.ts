/** Runs one request through a compiled route, and writes whatever comes out of it. */
import type { ServerResponse } from 'node:http';
import { runInContext } from '../context.ts';
import { authenticate, type Verifiers } from './authenticate.ts';
import { readJson } from './body.ts';
import { type CompiledRoute, encoderFor } from './compile.ts';
import { etagOf, matchesIfNoneMatch, revisionOf } from './etag.ts';
import type { Exchange } from './exchange.ts';
import { linger } from './linger.ts';
import { mergeHeaders, SECURITY_HEADERS } from './headers.ts';
import { gatewayTimeout, ProblemError, problemDocument, requestTimeout } from './problem.ts';
import { recordOf } from './record.ts';
import type { Reply } from './reply.ts';
import { parsePart } from './validate.ts';

export interface ServeOptions extends Verifiers {
  /** True once the service stops: connections are closed after their answer. */
  readonly draining: () => boolean;
  /** Bytes, of a body whose route says no other. */
  readonly bodyLimit: number;
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
      (reply) => finish(exchange, timer, () => writeReply(exchange, compiled, reply, options), options, done),
      (error: unknown) => finish(exchange, timer, () => writeError(exchange, error, options), options, done),
    );
  });
}

async function work(
  exchange: Exchange,
  compiled: CompiledRoute,
  values: readonly string[],
  verifiers: ServeOptions,
): Promise<Reply> {
  const { route } = compiled;
  const user = authenticate(route.auth, exchange.raw.headers, verifiers);
  exchange.user = user instanceof Promise ? await user : user;
  exchange.params = compiled.params(values);
  const url = exchange.raw.url as string;
  const question = url.indexOf('?');
  exchange.query = compiled.query(question === -1 ? '' : url.slice(question + 1));
  exchange.headers = compiled.headers(exchange.raw.headers);
  if (route.record !== undefined) exchange.record = await recordOf(route, exchange);
  if (route.body !== undefined) {
    exchange.uploading = true;
    const sent = await readJson(exchange.raw, route.bodyLimit ?? verifiers.bodyLimit);
    exchange.uploading = false;
    exchange.body = parsePart('body', route.body, sent);
  }
  return route.handler(exchange);
}

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
  }, timeout);
}

function writeReply(
  exchange: Exchange,
  compiled: CompiledRoute,
  reply: Reply,
  options: ServeOptions,
): number {
  const { raw, response } = exchange;
  const encoder = encoderFor(compiled, reply);
  const headers = baseHeaders(exchange.requestId, options.draining());
  headers.push('cache-control', compiled.route.auth === 'public' ? 'no-cache' : 'private, no-cache');
  const revision = revisionOf(reply.body);
  if (revision !== undefined && reply.status < 300) {
    const etag = etagOf(revision);
    headers.push('etag', etag);
    const ifNoneMatch = raw.headers['if-none-match'];
    if (
      ifNoneMatch !== undefined &&
      reply.status === 200 &&
      compiled.route.method === 'GET' &&
      matchesIfNoneMatch(ifNoneMatch, etag)
    ) {
      // RFC 9110, section 15.4.5: with the headers of the 200, which caches take over.
      if (reply.headers !== undefined) mergeHeaders(headers, reply.headers);
      response.writeHead(304, headers).end();
      return 304;
    }
  }
  const payload = encoder.encode(reply.body);
  if (payload === undefined) {
    // RFC 9110, section 8.6: no Content-Length with 204.
    if (reply.status !== 204) headers.push('content-length', '0');
  } else {
    headers.push('content-type', encoder.contentType as string);
    headers.push(
      'content-length',
      String(typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength),
    );
  }
  if (reply.headers !== undefined) mergeHeaders(headers, reply.headers);
  response.writeHead(reply.status, headers);
  if (payload === undefined || raw.method === 'HEAD') response.end();
  else response.end(payload);
  return reply.status;
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
