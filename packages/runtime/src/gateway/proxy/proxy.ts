/**
 * Passes a request on to an instance of a service and its answer back, both ways as they flow. What can be repeated without
 * harm is repeated once, on another instance.
 */
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent } from '../../calls/undici.ts';
import { RetryBudget } from '../../calls/budget.ts';
import { classify, type InstancePool, type Picked } from '../../calls/index.ts';
import { badGateway, gatewayTimeout, ProblemError, unavailable } from '../../http/problem.ts';
import { endAttempt, startAttempt } from '../../telemetry/http.ts';
import { errorType } from '../../telemetry/span.ts';
import type { EdgeRoute } from '../table/table.ts';
import { Attempt, type Outcome, UpstreamTimeout } from './attempt.ts';
import type { RequestBody } from './body.ts';
import { responseHeaders, tracedHeaders } from './headers.ts';
import type { ProxyMetrics } from './metrics.ts';

export interface Forwarded {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query, as they came. */
  readonly path: string;
  readonly route: EdgeRoute;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: RequestBody;
  /** For the answer to begin, in milliseconds. */
  readonly timeoutMs: number;
  /** The client chose that time. */
  readonly hurried: boolean;
  /** For `ip_hash`. */
  readonly address: string;
  /** Put upon the answer of the service. */
  readonly answer: OutgoingHttpHeaders;
}

export interface ForwardResult {
  /** What the client got; 499 when it went away before. */
  readonly status: number;
  /** The instance that answered. */
  readonly upstream: string | undefined;
}

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const ATTEMPTS = 2;
/** Between two pieces of an answer, in milliseconds. */
const IDLE_MS = 60_000;
/**
 * For what is buffered of an answer, some ten kilobytes, to be read; in milliseconds. Whoever reads more slowly would hold a
 * connection to a service for as long as he likes.
 */
const SLOWEST_MS = 60_000;
/** For a service to say itself that the client's time is over, which keeps its connection; in milliseconds. */
const GRACE_MS = 250;

export class ReverseProxy {
  readonly #pool: InstancePool;
  readonly #metrics: ProxyMetrics;
  readonly #agent: Agent;
  readonly #slowestMs: number;
  readonly #budgets = new Map<string, RetryBudget>();

  /** @param slowestMs For a client to read what is buffered of its answer. */
  constructor(pool: InstancePool, metrics: ProxyMetrics, { slowestMs = SLOWEST_MS } = {}) {
    this.#slowestMs = slowestMs;
    this.#pool = pool;
    this.#metrics = metrics;
    // Connections are given up before the other side does: no request may be written to one that is about to close.
    this.#agent = new Agent({
      connections: 256,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 60_000,
      keepAliveTimeoutThreshold: 1_000,
      headersTimeout: 0,
      bodyTimeout: IDLE_MS,
      connect: { timeout: 2_000 },
      allowH2: false,
    });
  }

  /** @throws ProblemError 413, 502, 503 or 504 as long as nothing has been answered. */
  async forward(job: Forwarded): Promise<ForwardResult> {
    const { service, terms } = job.route;
    const budget = this.#budget(service);
    budget.request();
    let picked = await this.#pool.pick(service, { balance: terms.balance, hashKey: job.address });
    const tried = new Set<string>();
    for (let attempt = 1; ; attempt += 1) {
      tried.add(picked.instance.instance);
      const upstream = picked.instance.instance;
      const mayRepeat = attempt < ATTEMPTS;
      const result = await this.#try(
        job,
        picked,
        attempt,
        mayRepeat ? () => this.#alternative(job, budget, tried) : undefined,
      );
      if (result.elsewhere !== undefined) {
        picked = result.elsewhere;
      } else {
        const { outcome } = result;
        if (outcome.error === undefined) return { status: outcome.status as number, upstream };
        if (isGone(job.response)) return { status: 499, upstream };
        if (job.response.headersSent) {
          // The client has half an answer. Cutting the connection is the only way to say so.
          job.response.destroy();
          return { status: 502, upstream };
        }
        if (!mayRepeat || !isRepeatable(job, outcome) || !budget.take())
          throw problemOf(service, outcome.error);
        picked = await this.#pool.pick(service, { balance: terms.balance, exclude: tried });
      }
      this.#metrics.retried(service);
    }
  }

  /** After the last request: what is still open are connections that nobody uses, and answers that nobody wants. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  /** For an answer that says "busy": another instance, if there is one and asking twice does no harm. */
  async #alternative(
    job: Forwarded,
    budget: RetryBudget,
    tried: ReadonlySet<string>,
  ): Promise<Picked | undefined> {
    const { service, terms } = job.route;
    if (!isIdempotent(job) || !job.body.replayable()) return undefined;
    const next = await this.#pool
      .pick(service, { balance: terms.balance, exclude: tried })
      .catch(() => undefined);
    if (next === undefined) return undefined;
    if (!tried.has(next.instance.instance) && budget.take()) return next;
    next.done('unknown');
    return undefined;
  }

  #try(
    job: Forwarded,
    picked: Picked,
    number: number,
    alternative: (() => Promise<Picked | undefined>) | undefined,
  ): Promise<Result> {
    const { response, request, route, body } = job;
    const span = startAttempt(route.service, request.method as string, picked.origin, number);
    return new Promise<Result>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const startTimer = () => {
        timer = job.hurried
          ? setTimeout(() => attempt.abort(overdue()), job.timeoutMs + GRACE_MS)
          : setTimeout(() => attempt.abort(new UpstreamTimeout()), job.timeoutMs);
      };
      const onClose = () => attempt.abort(new Error('the client went away'));
      let over = false;
      const settle = (result: Result) => {
        over = true;
        clearTimeout(timer);
        response.off('close', onClose);
        resolve(result);
      };
      const pass = (status: number, headers: IncomingHttpHeaders): boolean => {
        if (isGone(response)) return false;
        response.writeHead(status, mergedHeaders(headers, job.answer));
        return true;
      };
      const client = {
        hurried: job.hurried,
        uploading: () => isStream(body) && !request.readableEnded,
        slowestMs: this.#slowestMs,
      };
      const attempt = new Attempt(response, picked, client, {
        begun: (status, headers) => {
          clearTimeout(timer);
          if ((status !== 502 && status !== 503) || alternative === undefined) return pass(status, headers);
          return alternative().then((elsewhere) => {
            // The client went away meanwhile, or the instance broke off.
            if (over) {
              elsewhere?.done('unknown');
              return false;
            }
            if (elsewhere === undefined) return pass(status, headers);
            endAttempt(span, status);
            settle({ elsewhere });
            return false;
          });
        },
        sent: () => {
          if (isStream(body) && !response.headersSent && timer === undefined) startTimer();
        },
        ended: (outcome) => {
          endAttempt(span, outcome.status, failureOf(outcome));
          settle({ outcome, elsewhere: undefined });
        },
      });
      response.once('close', onClose);
      // While a client still sends, it is not the service that is slow.
      if (!isStream(body)) startTimer();
      this.#metrics.pending(route.service, 1);
      // Gone already: nobody would tell of it any more, and the service would work for nobody.
      if (isGone(response)) {
        onClose();
        return;
      }
      this.#agent.dispatch(
        {
          origin: picked.origin,
          path: job.path,
          method: request.method as string,
          headers: span === undefined ? job.headers : tracedHeaders(job.headers, span),
          body: body.payload ?? null,
        },
        attempt,
      );
    }).finally(() => this.#metrics.pending(route.service, -1));
  }

  #budget(service: string): RetryBudget {
    let budget = this.#budgets.get(service);
    if (budget === undefined) {
      budget = new RetryBudget();
      this.#budgets.set(service, budget);
    }
    return budget;
  }
}

type Result = { readonly outcome: Outcome; readonly elsewhere: undefined } | { readonly elsewhere: Picked };

function failureOf({ error }: Outcome): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof UpstreamTimeout ? 'timeout' : errorType(error);
}

function mergedHeaders(headers: IncomingHttpHeaders, own: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { vary } = headers;
  const merged = Object.assign(responseHeaders(headers), own);
  // What both of them vary by.
  if (vary !== undefined && own['vary'] !== undefined) merged['vary'] = `${vary}, ${String(own['vary'])}`;
  return merged;
}

const overdue = (): ProblemError => gatewayTimeout('The time that the caller gave is over.');

const isStream = ({ payload }: RequestBody): boolean => payload !== undefined && !Buffer.isBuffer(payload);

const isGone = (response: ServerResponse): boolean => response.destroyed && !response.writableFinished;

/** A key alone says nothing: it is the service that has to know what it answered to it. */
function isIdempotent({ request: { method, headers }, path, route }: Forwarded): boolean {
  if (IDEMPOTENT.has(method as string)) return true;
  if (method !== 'POST' || headers['idempotency-key'] === undefined) return false;
  const question = path.indexOf('?');
  return route.terms.idempotent.includes(question === -1 ? path : path.slice(0, question));
}

/** Never sent: everything. Sent, and not one byte came back: what does no harm when it happens twice. */
function isRepeatable(job: Forwarded, { status, error }: Outcome): boolean {
  if (!job.body.replayable() || error instanceof UpstreamTimeout || error instanceof ProblemError)
    return false;
  return classify(error).unsent || (status === undefined && isIdempotent(job));
}

function problemOf(service: string, error: Error): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof UpstreamTimeout) return gatewayTimeout(`${service} did not answer in time.`);
  if (classify(error).unsent)
    return unavailable(`${service} cannot be reached at the moment.`, 1, 'unreachable');
  const problem = badGateway(`${service} did not finish its answer.`);
  problem.cause = error;
  return problem;
}
