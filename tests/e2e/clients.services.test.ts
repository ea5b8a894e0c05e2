/** What clients without bad or with bad intentions do to a running stack, and what it may not do to others. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, until } from './hometrip.ts';

interface Instance {
  readonly service: string;
  readonly replica: number;
  readonly state: string;
  readonly pid: number;
  readonly port: number;
  readonly operationsPort?: number;
}

const project = createProject(`name: library
version: 1
bodyLimit: 2M
trustedProxies: [127.0.0.1]
rateLimits: { few: { rate: 1/m, burst: 1 } }
components: { postgres: { port: 21432 }, redis: { port: 21379 } }
gateways:
  front: { blueprint: api-gateway, port: 21901, replicas: 2, public: true, uses: [redis] }
services:
  books:
    port: 21902
    replicas: 3
    database: postgres
    entities:
      book: { $access: { read: public, create: public }, title: string(80), text: text? }
  notes:
    port: 21903
    database: postgres
    rateLimit: few
    entities:
      note: { $access: { read: public }, title: string(80) }
`);
let front = '';
const instances = async (): Promise<readonly Instance[]> =>
  JSON.parse((await project.hometrip('status', '--json')).stdout).instances;

beforeAll(async () => {
  const { urls } = await project.result<{ urls: readonly { service: string; url: string }[] }>('up');
  front = urls.find(({ service }) => service === 'front')?.url ?? '';
}, 180_000);
afterAll(() => project[Symbol.asyncDispose](), 60_000);

const books = '/api/v1/books';
const place = (body: object, key?: string) =>
  fetch(front + books, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });
const metricsOf = async ({ port, operationsPort = port }: Instance) =>
  (await fetch(`http://127.0.0.1:${operationsPort}/metrics`)).text();
const sum = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
const served = async (instance: Instance) =>
  sum(await metricsOf(instance), /^http_requests_total\{.*route="\/api\/v1\/books",status="200"\} (\d+)$/gm);

it('sixty anonymous requests that give it a millisecond take no replica out, and count as no error', async () => {
  const hurried = { headers: { 'x-request-timeout-ms': '1' } };
  const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(front + books, hurried)));
  const statuses = answers.map(({ status }) => status);
  // A fast machine may answer some of them within their time.
  expect(statuses.every((status) => status === 504 || status === 200)).toBe(true);
  expect(statuses).toContain(504);
  const all = await instances();
  const replicas = all.filter(({ service }) => service === 'books');
  const before = await Promise.all(replicas.map(served));
  for (let round = 0; round < 6; round += 1) {
    const normal = await Promise.all(Array.from({ length: 10 }, () => fetch(front + books)));
    expect(normal.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  }
  const shares = (await Promise.all(replicas.map(served))).map((count, at) => count - (before[at] as number));
  expect(shares.reduce((total, share) => total + share, 0)).toBe(60);
  expect(Math.min(...shares), shares.join(', ')).toBeGreaterThanOrEqual(10);
  for (const instance of all) {
    const text = await metricsOf(instance);
    expect(sum(text, /^http_requests_total\{.*status="5\d\d"\} (\d+)$/gm), instance.service).toBe(0);
    expect(sum(text, /^service_call_ejections_total\{.*\} (\d+)$/gm), instance.service).toBe(0);
  }
}, 60_000);

it('bodies above the limit of services.yaml are 413 each time', async () => {
  for (const mebibytes of [2, 2.1, 4, 6, 8, 10, 12, 3, 5, 9]) {
    const answer = await place({ title: 'Long', text: 'x'.repeat(mebibytes * 2 ** 20) });
    expect([answer.status, ((await answer.json()) as { code: string }).code], `${mebibytes} MiB`).toEqual([
      413,
      'payload-too-large',
    ]);
  }
  // Read whole, and found too long by the field's own limit: it is no longer the body that is refused.
  expect((await place({ title: 'Short', text: 'x'.repeat(1.5 * 2 ** 20) })).status).toBe(422);
  expect((await place({ title: 'Short', text: 'x'.repeat(5_000) })).status).toBe(201);
});

it('callers behind a proxy that services.yaml names have limits of their own', async () => {
  const ask = async (client: string) =>
    (await fetch(`${front}/api/v1/notes`, { headers: { 'x-forwarded-for': client } })).status;
  expect([await ask('203.0.113.1'), await ask('203.0.113.1'), await ask('203.0.113.1')]).toEqual([
    200, 200, 429,
  ]);
  expect(await ask('203.0.113.2')).toBe(200);
});

it('a POST with an Idempotency-Key has one effect and one answer, while its service is killed', async () => {
  const keys = Array.from({ length: 60 }, (): string => crypto.randomUUID());
  const [victim] = (await instances()).filter(({ service }) => service === 'books');
  const first = await place({ title: keys[0] }, keys[0]);
  const again = await place({ title: keys[0] }, keys[0]);
  expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
  expect(await again.json()).toEqual(await first.json());
  const answers = keys.slice(1).map((key) => place({ title: key }, key));
  process.kill(victim?.pid as number, 'SIGKILL');
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([201]));
  const titles: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await (
      await fetch(`${front}${books}?limit=100${cursor && `&cursor=${cursor}`}`)
    ).json()) as {
      items: { title: string }[];
      nextCursor: string | null;
    };
    titles.push(...page.items.map(({ title }) => title));
    cursor = page.nextCursor;
  }
  expect(titles.filter((title) => keys.includes(title)).sort()).toEqual([...keys].sort());
  await until('all are ready again', async () =>
    (await instances()).every(({ state }) => state === 'ready') ? true : undefined,
  );
}, 60_000);

describe('the port that clients know', () => {
  it.each(['/metrics', '/health/ready', '/health/live', '//metrics', '/%6Detrics'])(
    'has no %s',
    async (path) => {
      expect((await fetch(front + path)).status).toBe(404);
    },
  );

  it('has the document of the whole system', async () => {
    const document = (await (await fetch(`${front}/openapi.json`)).json()) as Record<string, any>;
    expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined();
    expect(Object.keys(document['paths'])).toEqual([
      books,
      `${books}/{id}`,
      '/api/v1/notes',
      '/api/v1/notes/{id}',
    ]);
    expect(document['servers']).toEqual([{ url: '/' }]);
  });
});
