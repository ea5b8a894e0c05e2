import { TaskCancelledError } from 'cockatiel';
import type { Dispatcher } from './undici.ts';
import { backoff, pause } from '../backoff.ts';
import { SERVICE_TOKEN_HEADER, type ServiceIdentity } from '../auth/service-identity.ts';
import { currentContext } from '../context.ts';
import { PLATFORM, TIMEOUT_HEADER, TIMEOUT_SOURCE_HEADER } from '../http/exchange.ts';
import { badGateway, gatewayTimeout, ProblemError } from '../http/problem.ts';
import type { Method } from '../http/route.ts';
import { endAttempt, startAttempt } from '../telemetry/http.ts';
import { errorType, type Span } from '../telemetry/span.ts';
import { formatTraceParent } from '../telemetry/trace-context.ts';
import { RetryBudget } from './budget.ts';
import { classify } from './failures.ts';
import { Guard, Refusal, type Verdict } from './guard.ts';
import type { CallMetrics } from './metrics.ts';
import { type CallPolicy, type ResolvedPolicy, resolvePolicy } from './policy.ts';
import type { InstancePool, Picked } from './pool.ts';

/** What one call needs beside its path. */
export interface CallOptions<T = unknown> {
  /** Undefined values are left out; lists repeat the key. */
  readonly query?:
    | Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>
    | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For all attempts together, in milliseconds; default: the policy's, 5,000. A shorter deadline of the request at hand wins. */
  readonly timeoutMs?: number | undefined;
  /**
   * Repeating it does no harm. Default: by method. True for a POST with an `Idempotency-Key` to a route that takes one
   * (`idempotencyKey: true` over there): a key that the route ignores makes nothing safe.
   */
  readonly idempotent?: boolean | undefined;
  /** An Authorization header; default: that of the request at hand. Null: none. */
  readonly authorization?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * The body to go on with when the service does not answer, answers 502 to 504, or is not asked at all because it keeps failing
   * or is overrun. Not for callers that gave up.
   */
  readonly fallback?: ((reason: ProblemError) => T | Promise<T>) | undefined;
}

/** Any status: what an answer means is the caller's business. */
export interface CallResponse<T = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed when it is JSON; a text otherwise; undefined when empty. */
  readonly body: T;
  /** The body is the fallback's, and the status is made up. */
  readonly fallback?: true | undefined;
}

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** What a client is made of; `openCalls` brings it together. */
export interface ClientOptions {
  readonly pool: InstancePool;
  readonly dispatcher: Dispatcher;
  readonly metrics: CallMetrics;
  /** Whose calls these are; undefined: calls carry the user's token alone. */
  readonly identity?: ServiceIdentity | undefined;
  readonly policy?: CallPolicy | undefined;
}

/** Calls one service, on whichever instance is best. A call that no instance answers is a ProblemError 502, 503 or 504. */
export class ServiceClient {
  readonly #service: string;
  readonly #pool: InstancePool;
  readonly #dispatcher: Dispatcher;
  readonly #metrics: CallMetrics;
  readonly #identity: ServiceIdentity | undefined;
  readonly #budget = new RetryBudget();
  readonly #policy: ResolvedPolicy;
  readonly #guard: Guard;

  constructor(service: string, { pool, dispatcher, metrics, identity, policy }: ClientOptions) {
    this.#policy = resolvePolicy(policy);
    this.#guard = new Guard(service, this.#policy, metrics);
    this.#service = service;
    this.#identity = identity;
    this.#pool = pool;
    this.#dispatcher = dispatcher;
    this.#metrics = metrics;
  }

  get<T = unknown>(path: string, options?: CallOptions<T>): Promise<CallResponse<T>> {
    return this.request<T>('GET', path, options);
  }

  post<T = unknown>(path: string, body?: unknown, options?: CallOptions<T>): Promise<CallResponse<T>> {
    return this.request<T>('POST', path, { ...options, body });
  }

  put<T = unknown>(path: string, body?: unknown, options?: CallOptions<T>): Promise<CallResponse<T>> {
    return this.request<T>('PUT', path, { ...options, body });
  }

  patch<T = unknown>(path: string, body?: unknown, options?: CallOptions<T>): Promise<CallResponse<T>> {
    return this.request<T>('PATCH', path, { ...options, body });
  }

  delete<T = unknown>(path: string, options?: CallOptions<T>): Promise<CallResponse<T>> {
    return this.request<T>('DELETE', path, options);
  }

  /** @param path From the root: `/api/v1/listings/…`; encode what you put into it. */
  async request<T>(method: Method, path: string, options: CallOptions<T> = {}): Promise<CallResponse<T>> {
    const context = currentContext();
    const patience = options.timeoutMs ?? this.#policy.timeoutMs;
    const startedAt = Date.now();
    const deadline = Math.min(startedAt + patience, context?.deadline ?? Infinity);
    const hurried = context?.hurried === true && deadline < startedAt + patience;
    if (deadline <= startedAt) throw this.#timeout();
    const signals = [AbortSignal.timeout(deadline - startedAt), options.signal, context?.signal];
    const token = this.#identity?.tokenFor(this.#service);
    const call: Call<T> = {
      own: token instanceof Promise ? await token : token,
      method,
      path: path + queryString(options.query),
      payload: options.body === undefined ? null : JSON.stringify(options.body),
      options,
      deadline,
      longAfter: hurried ? Infinity : startedAt + patience / 2,
      hurried,
      signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
    };
    try {
      const outcome = await this.#guard.run(() => this.#attempts(call), call.signal);
      if (outcome.response === undefined) {
        if (outcome.verdict === 'unknown') throw outcome.problem;
        return await this.#fallBack(options, outcome.problem);
      }
      if (outcome.verdict !== 'failed' || options.fallback === undefined) return outcome.response;
      const { status } = outcome.response;
      return await this.#fallBack(options, badGateway(`${this.#service} answers ${status}.`));
    } catch (error) {
      if (error instanceof Refusal) return this.#fallBack(options, error.problem);
      if (!(error instanceof TaskCancelledError)) throw error;
      const gone = options.signal?.aborted === true || context?.signal?.aborted === true;
      if (gone) throw this.#timeout();
      return this.#fallBack(options, this.#timeout());
    }
  }

  async #fallBack<T>({ fallback }: CallOptions<T>, problem: ProblemError): Promise<CallResponse<T>> {
    if (fallback === undefined) throw problem;
    this.#metrics.fellBack(this.#service);
    return { status: 200, headers: {}, body: await fallback(problem), fallback: true };
  }

  async #attempts<T>(call: Call<T>): Promise<Attempt<T>> {
    const { method, options, deadline } = call;
    const { hedgeAfterMs } = this.#policy;
    const idempotent = options.idempotent ?? IDEMPOTENT.has(method);
    const tried = new Set<string>();
    this.#budget.request();
    for (let attempt = 1; ; attempt += 1) {
      const retry = attempt < this.#policy.attempts;
      const outcome =
        idempotent && hedgeAfterMs !== undefined
          ? await this.#hedged(call, tried, attempt, hedgeAfterMs)
          : await this.#try(call, await this.#pick(tried), attempt);
      const again =
        outcome.response === undefined
          ? outcome.unsent || idempotent
          : idempotent && isBusy(outcome.response.status);
      if (!again || !retry || outcome.final || !this.#budget.take()) return outcome;
      this.#metrics.retried(this.#service);
      const wait = backoff(attempt, { base: 20, max: 500 });
      await pause(Math.min(wait, Math.max(0, deadline - Date.now())), call.signal);
      if (call.signal.aborted) return outcome;
    }
  }

  /** One attempt; and, when it is slow to answer, a second one beside it on another instance. */
  async #hedged<T>(call: Call<T>, tried: Set<string>, attempt: number, afterMs: number): Promise<Attempt<T>> {
    const decided = new AbortController();
    const first = this.#try(call, await this.#pick(tried), attempt, decided.signal);
    const patience = new AbortController();
    const slow = await Promise.race([
      first.then(() => false),
      pause(afterMs, patience.signal).then(() => true),
    ]);
    patience.abort();
    if (!slow) return first;
    const before = tried.size;
    // The first one goes on, whatever becomes of the others.
    const other = await this.#pick(tried).catch(() => undefined);
    if (other === undefined || tried.size === before || !this.#budget.take()) {
      other?.done('unknown');
      return first;
    }
    const second = this.#try(call, other, attempt, decided.signal);
    const racing = [
      first.then((outcome) => ({ winner: 'first', outcome }) as const),
      second.then((outcome) => ({ winner: 'second', outcome }) as const),
    ];
    let best = await Promise.race(racing);
    if (!isAnswer(best.outcome))
      best = (await Promise.all(racing)).find(({ outcome }) => isAnswer(outcome)) ?? best;
    decided.abort();
    this.#metrics.hedged(this.#service, best.winner);
    return best.outcome;
  }

  /** One that was not tried yet, if there is one. */
  async #pick(tried: Set<string>): Promise<Picked> {
    const picked = await this.#pool.pick(this.#service, { exclude: tried }).catch((error: unknown) => {
      throw error instanceof ProblemError ? new Refusal(error) : error;
    });
    tried.add(picked.instance.instance);
    return picked;
  }

  /** @param decided Aborted when another attempt has the answer. */
  async #try<T>(call: Call<T>, picked: Picked, attempt: number, decided?: AbortSignal): Promise<Attempt<T>> {
    const { method, path, payload, options, own } = call;
    const signal = decided === undefined ? call.signal : AbortSignal.any([call.signal, decided]);
    const span = startAttempt(this.#service, method, picked.origin, attempt);
    const started = performance.now();
    const remaining = Math.max(1, call.deadline - Date.now());
    let status: number | undefined;
    try {
      const answer = await this.#dispatcher.request({
        origin: picked.origin,
        path,
        method,
        headers: requestHeaders(options, remaining, call.hurried, own, span),
        body: payload,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = await answer.body.text();
      status = answer.statusCode;
      const overdue = call.hurried && status === 504;
      picked.done(overdue ? 'unknown' : status >= 500 ? 'failed' : 'ok');
      this.#metrics.answered(this.#service, answer.statusCode, performance.now() - started);
      const body = (text === '' ? undefined : parse(text, answer.headers['content-type'])) as T;
      endAttempt(span, answer.statusCode);
      return {
        response: { status: answer.statusCode, headers: answer.headers, body },
        verdict: overdue ? 'unknown' : isAway(answer.statusCode) ? 'failed' : 'well',
        final: false,
      };
    } catch (error) {
      if (cannotBeSent(error)) {
        picked.done('unknown');
        endAttempt(span, undefined, errorType(error));
        throw error;
      }
      const failure = classify(error);
      const { unsent } = failure;
      // Whoever aborts chooses the error: a request whose time is over has a problem of its own.
      const aborted = failure.aborted || (!unsent && signal.aborted);
      const lost = decided?.aborted === true;
      const gaveUp = lost || (aborted && Date.now() < call.longAfter);
      picked.done(unsent ? 'unreachable' : gaveUp ? 'unknown' : 'failed');
      endAttempt(span, undefined, lost ? undefined : aborted ? 'timeout' : errorType(error));
      // An answer that says JSON and has none has been counted.
      if (!lost && status === undefined)
        this.#metrics.answered(this.#service, undefined, performance.now() - started);
      const what = status === undefined ? 'did not answer' : `answers ${status} with what is not JSON`;
      const problem = aborted ? this.#timeout() : badGateway(`${this.#service} ${what}.`);
      problem.cause = error;
      // A caller that soon gave up says nothing about the target.
      const verdict = gaveUp ? 'unknown' : 'failed';
      return { response: undefined, unsent, problem, verdict, final: aborted };
    }
  }

  #timeout(): ProblemError {
    return gatewayTimeout(`${this.#service} did not answer in time.`);
  }
}

interface Call<T> {
  /** The token that says which service calls; undefined: calls carry the user's alone. */
  readonly own: string | undefined;
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly payload: string | null;
  readonly options: CallOptions<T>;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** Epoch milliseconds after which no answer is a bad sign; never when it is the client who does not wait. */
  readonly longAfter: number;
  /** The deadline is the client's own. */
  readonly hurried: boolean;
  readonly signal: AbortSignal;
}

type Attempt<T> =
  | { readonly response: CallResponse<T>; readonly verdict: Verdict; readonly final: boolean }
  | {
      readonly response: undefined;
      readonly unsent: boolean;
      readonly problem: ProblemError;
      readonly verdict: Verdict;
      readonly final: boolean;
    };

/** The instance is there but cannot serve now; another one may. */
const isBusy = (status: number): boolean => status === 502 || status === 503;
const isAnswer = ({ response }: Attempt<unknown>): boolean =>
  response !== undefined && !isBusy(response.status);
/** Nobody answers behind it, whoever says so. */
const isAway = (status: number): boolean => isBusy(status) || status === 504;

/** A path or a header that HTTP does not know: the mistake of whoever calls, as a body that is no JSON is. */
const cannotBeSent = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'UND_ERR_INVALID_ARG';

/** Whose request this is, for logs, traces and guards on the other side; and how long it is worth working on it. */
function requestHeaders(
  { headers, body, authorization }: CallOptions,
  remaining: number,
  hurried: boolean,
  own: string | undefined,
  span: Span | undefined,
): Record<string, string> {
  const context = currentContext();
  const authority = authorization === undefined ? context?.authorization : authorization;
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(context === undefined
      ? {}
      : { 'x-request-id': context.requestId, traceparent: formatTraceParent(span ?? context) }),
    ...(authority === undefined || authority === null ? {} : { authorization: authority }),
    [TIMEOUT_HEADER]: String(Math.ceil(remaining)),
    ...(hurried ? {} : { [TIMEOUT_SOURCE_HEADER]: PLATFORM }),
    ...lowerCased(headers),
    ...(own === undefined ? {} : { [SERVICE_TOKEN_HEADER]: own }),
  };
}

/** In another spelling a header would be there twice, and servers take the first. */
const lowerCased = (headers: CallOptions['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function queryString(query: CallOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      parameters.append(name, String(item));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function parse(text: string, type: string | string[] | undefined): unknown {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(String(type)) ? JSON.parse(text) : text;
}
