import { Pool } from '../../calls/undici.ts';
import { unavailable } from '../../http/problem.ts';
import { elasticsearchAddress } from './address.ts';

export interface Answer {
  readonly status: number;
  readonly body: any;
}

export interface RequestOptions {
  /** An array is sent as lines of JSON. */
  readonly body?: object | readonly object[] | undefined;
  /** Answers that are no errors, beside 2xx. */
  readonly accept?: readonly number[] | undefined;
  readonly timeoutMs?: number | undefined;
}

/** JSON over kept connections. The server's own client would add ten times the code, and refuses other makers' servers. */
export class Http {
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #authorization: string | undefined;

  /** @throws Error when the address is none of Elasticsearch. */
  constructor(url: URL) {
    const { origin, prefix, user, password } = elasticsearchAddress(url);
    this.#pool = new Pool(origin, { connections: 16, connectTimeout: 5_000 });
    this.#prefix = prefix;
    this.#authorization = authorizationOf(user, password);
  }

  /** @throws ProblemError 503 when the server is away or overloaded; RefusedError for wrong credentials, ServerError with the server's reason for other refusals. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer> {
    const { accept = [] } = options;
    const answer = await this.#send(method, path, options)
      .catch((error: unknown) => {
        // The server may close a kept connection while the request is on its way; every request may be repeated.
        if (isClosed(error)) return this.#send(method, path, options);
        throw error;
      })
      .catch((error: unknown) => {
        throw away(error);
      });
    if (answer.status < 300 || accept.includes(answer.status)) return answer;
    const reason = reasonOf(answer.body?.error);
    if (isOverload(answer.status)) throw away(new Error(`${answer.status} ${reason}`));
    if (answer.status === 401 || (answer.status === 403 && answer.body?.error?.type === 'security_exception'))
      throw new RefusedError(
        `The search server refuses the credentials (${answer.status}): check user, password and rights.`,
      );
    throw new ServerError(
      `The search server answered ${answer.status} to ${method} ${path}: ${reason}`,
      answer,
    );
  }

  close(): Promise<void> {
    return this.#pool.destroyed ? Promise.resolve() : this.#pool.close();
  }

  async #send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, timeoutMs = 30_000 }: RequestOptions,
  ): Promise<Answer> {
    const lines = Array.isArray(body);
    const response = await this.#pool.request({
      method,
      path: this.#prefix + path,
      headers: {
        accept: 'application/json',
        ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        ...(body === undefined
          ? {}
          : { 'content-type': lines ? 'application/x-ndjson' : 'application/json' }),
      },
      body:
        body === undefined
          ? null
          : lines
            ? body.map((line) => `${JSON.stringify(line)}\n`).join('')
            : JSON.stringify(body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const text = await response.body.text();
    return { status: response.statusCode, body: parse(text) };
  }
}

/** A password without a user is an API key, encoded as Elasticsearch gives it out. */
function authorizationOf(user: string, password: string): string | undefined {
  if (user !== '') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return password === '' ? undefined : `ApiKey ${password}`;
}

/** The server takes no requests of this user. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly answer: Answer;
  constructor(message: string, answer: Answer) {
    super(message);
    this.answer = answer;
  }
}

export const isOverload = (status: number): boolean => [408, 429, 502, 503, 504].includes(status);

export function away(cause: unknown): Error {
  const problem = unavailable('The search cannot be reached at the moment.', 1, 'search-unavailable');
  problem.cause = cause;
  return problem;
}

const isClosed = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((error as { code?: unknown }).code));

export function reasonOf(error: any): string {
  const root = error?.root_cause?.[0] ?? error;
  return root === undefined
    ? 'no reason given'
    : `${root.type ?? ''}: ${root.reason ?? JSON.stringify(root)}`;
}

/** A proxy in front may answer anything. */
function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
