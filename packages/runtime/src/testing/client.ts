/** Requests as a test writes them: JSON in, JSON out, nothing thrown for a status unless the test expects one. */
import type { z } from 'zod';

/** What came back. */
export interface TestResponse<T = any> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text when it is something else; undefined when there is none. */
  readonly body: T;
}

type SendHeaders = Readonly<Record<string, string>>;

/** By method; `body` is sent as JSON, or as it is when it is a text. */
export interface Requests<T> {
  get(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
  post(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  put(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  patch(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  delete(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
}

/** Sends requests as one user, or as an anonymous caller. Paths begin with the base path: `/api/v1/wishlists`. Redirects are not followed. */
export interface TestClient {
  /** Of the user it acts for; undefined: an anonymous caller. */
  readonly userId: string | undefined;
  get<T = any>(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
  post<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  put<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  patch<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  delete<T = any>(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
  /**
   * The same requests, typed by the schema that the route answers with: `await guest.expecting(201, Wishlist).post(…)`. Without a
   * schema only the status counts. Rejects with an Error that shows the answer when it has another status or does not fit.
   */
  expecting<S extends z.ZodType = z.ZodUnknown>(status: number, schema?: S): Requests<z.output<S>>;
}

/** @param sender Headers of every request that say who sends it. */
export function testClient(
  url: string,
  token?: string,
  userId?: string,
  sender: SendHeaders = {},
): TestClient {
  const send = async (
    method: string,
    path: string,
    body: unknown,
    headers: SendHeaders = {},
  ): Promise<TestResponse> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...sender,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : json ? JSON.parse(text) : text,
    };
  };
  return {
    userId,
    ...requests(send),
    expecting: (status, schema) =>
      requests(async (method, path, body, headers) => {
        const response = await send(method, path, body, headers);
        return expected(response, `${method} ${path}`, status, schema);
      }),
  };
}

type Send<T> = (
  method: string,
  path: string,
  body: unknown,
  headers?: SendHeaders,
) => Promise<TestResponse<T>>;

const requests = <T>(send: Send<T>): Requests<T> => ({
  get: (path, headers) => send('GET', path, undefined, headers),
  post: (path, body, headers) => send('POST', path, body, headers),
  put: (path, body, headers) => send('PUT', path, body, headers),
  patch: (path, body, headers) => send('PATCH', path, body, headers),
  delete: (path, headers) => send('DELETE', path, undefined, headers),
});

function expected<S extends z.ZodType>(
  response: TestResponse,
  request: string,
  status: number,
  schema: S | undefined,
): TestResponse<z.output<S>> {
  const shown = JSON.stringify(response.body);
  if (response.status !== status)
    throw new Error(`${request} was answered with ${response.status}, not ${status}: ${shown}`);
  const parsed = schema?.safeParse(response.body);
  if (parsed?.success === false)
    throw new Error(`The answer to ${request} does not fit its schema: ${parsed.error.message}\n${shown}`);
  return { ...response, body: parsed === undefined ? response.body : parsed.data };
}
