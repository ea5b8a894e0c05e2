/** Calls by operation: the path is filled in, an answer that is not 2xx is an error, and an answer of another kind too. */
import { badGateway, type FieldError, ProblemError } from '../http/problem.ts';
import type { Callee, HeaderOptions, Operation, OperationInput, OperationOptions } from './callee.ts';
import type { CallResponse, ServiceClient } from './client.ts';

/** What a service answered instead of doing what was asked (RFC 9457). */
export interface RefusedCall {
  readonly status: number;
  /** Stable, for programs: `not-found`; `http-404` when the answer is not a problem document. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly headers: CallResponse['headers'];
}

/**
 * Another service answered, but not with 2xx. `answer` says what it said, for the code that called. What does not catch it answers its own
 * client 503 where the other service is busy (429, 503), 504 where it ran out of time, and 502 otherwise: a missing booking over
 * there does not make the resource at hand missing.
 */
export class CallError extends ProblemError {
  readonly service: string;
  /** `getBooking` */
  readonly operation: string;
  readonly answer: RefusedCall;

  constructor(service: string, operation: string, { status, headers, body }: CallResponse) {
    const members = (typeof body === 'object' && body !== null ? body : {}) as Readonly<
      Record<string, unknown>
    >;
    const text = (name: string): string | undefined => {
      const value = members[name];
      return typeof value === 'string' ? value : undefined;
    };
    const answer: RefusedCall = {
      status,
      code: text('code') ?? `http-${status}`,
      detail: text('detail') ?? text('title'),
      errors: Array.isArray(members['errors']) ? (members['errors'] as FieldError[]) : [],
      headers,
    };
    const busy = status === 429 || status === 503;
    const wait = headers['retry-after'];
    super({
      ...(busy
        ? { status: 503, code: 'unavailable' }
        : status === 504
          ? { status: 504, code: 'gateway-timeout' }
          : { status: 502, code: 'bad-gateway' }),
      // What the other service says may concern its own clients alone.
      detail: `${service} answers ${status} to ${operation}.`,
      ...(busy && { headers: { 'retry-after': typeof wait === 'string' ? wait : '1' } }),
      cause: answer.detail,
    });
    this.service = service;
    this.operation = operation;
    this.answer = answer;
  }
}

type AnyOptions = OperationOptions<unknown> & HeaderOptions;
type AnyCall = (input?: OperationInput, options?: AnyOptions) => Promise<unknown>;

/** A function for each operation of the service that the client calls. */
export function callerOf(
  { service, operations }: Callee,
  client: Pick<ServiceClient, 'request'>,
): Readonly<Record<string, AnyCall>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, AnyCall] => [
      name,
      (input, options) => call(service, name, operation, client, input, options),
    ]),
  );
}

async function call(
  service: string,
  name: string,
  { method, path, text }: Operation<any, any, any>,
  client: Pick<ServiceClient, 'request'>,
  input: OperationInput = {},
  { idempotencyKey, ifMatch, headers, ...options }: AnyOptions = {},
): Promise<unknown> {
  const answer = await client.request(method, filled(path, input, `${service}: ${name}`), {
    ...options,
    query: input['query'] as never,
    body: input['body'],
    headers: {
      ...(input['headers'] as Record<string, string> | undefined),
      ...(text === true && { accept: '*/*' }),
      ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...headers,
    },
    ...(idempotencyKey !== undefined && { idempotent: true }),
  });
  const { status, body } = answer;
  if (answer.fallback === true) return body;
  if (status < 200 || status > 299) throw new CallError(service, name, answer);
  // A proxy between the two, or a service of another kind at this address: its text would pass for what the types promise.
  if (text !== true && body !== undefined && !isJson(answer))
    throw badGateway(`${service} answers ${status} to ${name} with what is not JSON.`);
  return body;
}

const isJson = ({ headers }: CallResponse): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type']));

/** @throws TypeError for a value that would lead to another path: an empty one, `.` and `..`. */
function filled(path: string, input: OperationInput, what: string): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = input[name];
    const segment = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    if (segment === '' || segment === '.' || segment === '..')
      throw new TypeError(`${what} wants ${name} for ${path}, and got ${JSON.stringify(value)}.`);
    return encodeURIComponent(segment);
  });
}
