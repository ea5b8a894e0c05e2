import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createClient,
  NoAnswerError,
  ProblemError,
  type RequestOptions,
  UnexpectedAnswerError,
} from '../src/index.ts';

const path = '/api/v1/profiles';
const id = '0198c0de-0000-7000-8000-000000000001';
const requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];

/** Two pages for lists, a problem for deletes. */
const server = createServer((request, response) => {
  requests.push({ method: request.method, url: request.url, headers: request.headers });
  const reply = (status: number, type: string, body: unknown) =>
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
  if (request.method === 'DELETE') {
    reply(412, 'application/problem+json', { code: 'precondition-failed', detail: 'Read again.' });
    return;
  }
  const last = request.url?.includes('cursor=second') ?? false;
  reply(200, 'application/json', { items: [{ id: last ? 'b' : 'a' }], nextCursor: last ? null : 'second' });
});

let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('walks through all pages of a list, with a fresh token for each', async () => {
  const tokens = ['first', 'second'];
  const client = createClient({ baseUrl, token: () => tokens.shift() });
  const ids: string[] = [];
  for await (const item of client.profiles.all({ limit: 1 })) ids.push(item.id);
  expect(ids).toEqual(['a', 'b']);
  expect(requests.map(({ url }) => url)).toEqual([`${path}?limit=1`, `${path}?limit=1&cursor=second`]);
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
});

it('throws what the service says is wrong', async () => {
  const client = createClient({ baseUrl });
  const failed = await client.profiles.delete(id, { ifMatch: 3 }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ProblemError);
  expect(failed).toMatchObject({ status: 412, code: 'precondition-failed', message: 'Read again.' });
  const [request] = requests.slice(-1);
  expect(request).toMatchObject({ method: 'DELETE', url: `${path}/${id}` });
  expect(request?.headers['if-match']).toBe('"3"');
});

/** How a call failed that a server answers, or does not answer, in this way. */
async function failure(
  answer: (response: ServerResponse) => unknown,
  options: RequestOptions = {},
): Promise<unknown> {
  const odd = createServer((_, response) => void answer(response));
  await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
  const client = createClient({ baseUrl: `http://127.0.0.1:${(odd.address() as AddressInfo).port}/` });
  try {
    return await client.profiles.get(id, options).catch((error: unknown) => error);
  } finally {
    odd.closeAllConnections();
    await new Promise((resolve) => odd.close(resolve));
  }
}

it('says which address does not answer', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((resolve) => closed.close(resolve));
  const failed = await createClient({ baseUrl: address })
    .profiles.get(id)
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(NoAnswerError);
  expect(failed).toMatchObject({
    reason: 'unreachable',
    message: `GET ${address}${path}/${id} got no answer: nothing listens there (ECONNREFUSED). Is the server up, and is baseUrl its address?`,
    cause: { name: 'TypeError' },
  });
});

it('gives up what takes too long, or is not wanted any more', async () => {
  const late = await failure(() => undefined, { timeoutMs: 20 });
  expect(late).toBeInstanceOf(NoAnswerError);
  expect(late).toMatchObject({ reason: 'timeout', method: 'GET' });
  expect((late as Error).message).toMatch(/was not answered within 0\.02 s\.$/);
  const reason = new Error('The page was left');
  expect(await failure(() => undefined, { signal: AbortSignal.abort(reason) })).toBe(reason);
});

it('tells an answer of something else from one of the API', async () => {
  const page = await failure((response) =>
    response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>'),
  );
  expect(page).toBeInstanceOf(UnexpectedAnswerError);
  expect(page).toMatchObject({ status: 200, contentType: 'text/html', body: '<h1>Welcome</h1>' });
  const cut = await failure((response) =>
    response.setHeader('content-type', 'application/json').end('{"id":'),
  );
  expect(cut).toBeInstanceOf(UnexpectedAnswerError);
  const proxy = await failure((response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'));
  expect(proxy).toBeInstanceOf(ProblemError);
  expect(proxy).toMatchObject({ status: 502, code: 'http-502' });
});

it('hands on all that is wrong, and when to try again', async () => {
  const errors = [
    { path: 'body.a', message: 'is required', code: 'required' },
    { path: 'body.b', message: 'must be at least 1', code: 'too_small' },
  ];
  const failed = await failure((response) =>
    response
      .writeHead(422, { 'content-type': 'application/problem+json', 'retry-after': '7' })
      .end(JSON.stringify({ code: 'validation-failed', detail: 'Some values are not valid.', errors })),
  );
  expect(failed).toMatchObject({
    message: 'Some values are not valid. body.a is required; body.b must be at least 1.',
    errors,
    retryAfter: 7,
  });
});

it('takes an address only', () => {
  expect(() => createClient({ baseUrl: 'localhost:3001' })).toThrow(
    'baseUrl is "localhost:3001", which is not an address',
  );
});
