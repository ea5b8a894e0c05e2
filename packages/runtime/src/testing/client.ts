/** Requests as a test writes them: JSON in, JSON out, nothing thrown for a status. */

export interface TestResponse<T = any> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text when it is something else; undefined when there is none. */
  readonly body: T;
}

type SendHeaders = Readonly<Record<string, string>>;

export interface TestClient {
  /** Of the user it acts for; undefined: nobody. */
  readonly userId: string | undefined;
  get<T = any>(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
  post<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  put<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  patch<T = any>(path: string, body?: unknown, headers?: SendHeaders): Promise<TestResponse<T>>;
  delete<T = any>(path: string, headers?: SendHeaders): Promise<TestResponse<T>>;
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
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
  };
}
