import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, ProblemError } from '../src/index.ts';

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
