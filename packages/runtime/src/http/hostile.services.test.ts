/** What no client of ours sends: it must be refused as the caller's mistake, on both kinds of stores, and never as ours. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  created,
  defineService,
  documentRepository,
  listQuery,
  ok,
  page,
  type Repository,
  route,
  sqlRepository,
  z,
} from '../index.ts';
import { startService, type TestService } from '../testing/index.ts';

const Note = z.object({
  id: z.string(),
  title: z.string().nullable(),
  rank: z.int().nullable(),
  extra: z.unknown(),
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
type Note = z.infer<typeof Note>;
const NewNote = z.strictObject({
  title: z.string().optional(),
  rank: z.int().optional(),
  extra: z.json().optional(),
});
const Filters = z.object({ title: z.string().optional() });

const routes = (notes: Repository<Note>) => [
  route.get('/notes', {
    auth: 'public',
    query: listQuery({ filters: Filters, sortable: ['createdAt', 'rank'] }),
    responses: { 200: page(Note) },
    handler: async ({ query }) => ok(await notes.list(query)),
  }),
  route.post('/notes', {
    auth: 'public',
    body: NewNote,
    responses: { 201: Note },
    handler: async ({ body }) => created(await notes.insert(body as Note), '/api/v1/notes'),
  }),
];
const options = { sortable: ['rank'], filterable: ['title'] } as const;
const services = {
  sql: defineService({
    name: 'notes-service',
    version: '1.0.0',
    needs: { database: 'sql' },
    routes: ({ db }) => routes(sqlRepository<Note>(db, { table: 'note', json: ['extra'], ...options })),
  }),
  documents: defineService({
    name: 'notes-service',
    version: '1.0.0',
    needs: { database: 'documents' },
    routes: ({ documents }) =>
      routes(
        documentRepository<Note>(documents, {
          collection: 'note',
          nullable: ['title', 'rank', 'extra'],
          ...options,
        }),
      ),
  }),
};

const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe.each(['sql', 'documents'] as const)('with %s', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService(services[store], { env: { LOG_LEVEL: 'silent' } });
    if (store === 'sql') {
      const { sql } = await import('kysely');
      const { db } = service.platform as never as { db: Parameters<ReturnType<typeof sql>['execute']>[0] };
      await sql`create table note (id text primary key, title text, rank integer, extra jsonb, revision integer not null,
        created_at timestamptz(3) not null, updated_at timestamptz(3) not null)`.execute(db);
    }
  });
  afterAll(() => service.stop());

  it.each<[string, string]>([
    ['a NUL character', '{"title":"a\\u0000b"}'],
    ['a NUL character deep inside', '{"extra":{"a":["\\u0000"]}}'],
    ['a NUL character in a key', '{"extra":{"a\\u0000":1}}'],
    ['half a character', '{"title":"\\ud800"}'],
    ['half a character deep inside', '{"extra":["\\udc00x"]}'],
    ['nesting without end', `{"extra":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['objects without end', `{"extra":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
    ['a key that would be a prototype', '{"__proto__":{"title":"x"}}'],
    ['a number beyond its type', '{"rank":1e300}'],
  ])('%s is refused', async (_, body) => {
    expect((await service.post('/api/v1/notes', body)).status).toBeOneOf([400, 422]);
  });

  it.each([
    ['{"extra":{"a":[1,"\\u0000"]}}', 400, 'body.extra.a.1 has U+0000, or half of a surrogate pair.'],
    ['{"extra":1e999}', 400, 'body.extra is a larger number than a double holds.'],
    [`{"extra":[${'9'.repeat(400)}]}`, 400, 'body.extra.0 is a larger number than a double holds.'],
    [`{"extra":${'['.repeat(64)}${']'.repeat(64)}}`, 400, 'body is nested more than 64 levels deep.'],
    [
      '{"title":"a"',
      400,
      'The body is not valid JSON at line 1, column 13: expected a comma or }, but the text ends.',
    ],
    ['{"titel":"a"}', 422, 'body.titel is not known; did you mean title?'],
  ])('%s is told where', async (text, status, detail) => {
    expect((await service.post('/api/v1/notes', text)).body).toMatchObject({ status, detail });
  });

  it('a body of another type is told which one is wanted', async () => {
    const { status, body } = await service.post('/api/v1/notes', 'title=a', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([status, body.detail]).toEqual([
      415,
      'Send the body as application/json, not as application/x-www-form-urlencoded.',
    ]);
  });

  it('a key that would be a prototype changes nobody, deep inside', async () => {
    const { status, body } = await service.post('/api/v1/notes', '{"extra":{"__proto__":{"polluted":true}}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    if (status === 201) expect(body.extra.polluted).toBeUndefined();
  });

  it('letters beyond ASCII, escaped or not, and a backslash before u0000 are fine', async () => {
    const { status, body } = await service.post(
      '/api/v1/notes',
      '{"title":"\\u00fc \\ud83d\\ude00 😀 \\\\u0000"}',
    );
    expect([status, body.title]).toEqual([201, 'ü 😀 😀 \\u0000']);
  });

  it.each<[string, string]>([
    ['with a cursor that is not base64', 'cursor=%2A%2A'],
    ['with a cursor of another order', `cursor=${cursor('rank', 1, 'a')}`],
    ['with a cursor of an object', `cursor=${cursor('-createdAt', {}, 'a')}`],
    ['with a cursor whose value has another type', `sort=rank&cursor=${cursor('rank', 'abc', 'a')}`],
    ['with a cursor beyond all numbers', `sort=rank&cursor=${cursor('rank', 1e30, 'a')}`],
    ['with a NUL character in its cursor', `cursor=${cursor('-createdAt', 'a\0', 'a')}`],
    [
      "with a NUL character in its cursor's id",
      `cursor=${cursor('-createdAt', '2026-01-01T00:00:00Z', 'a\0')}`,
    ],
    ['with half a character in its cursor', `cursor=${cursor('-createdAt', '\ud800', 'a')}`],
    ['with a sort by what nobody offers', 'sort=title'],
    ['with a sort that is SQL', 'sort=id;select%201'],
    ['with a filter with a NUL character', 'title=%00'],
    ['with a filter given as a list', 'title=a&title=b'],
    ['with a filter named __proto__', '__proto__=1'],
  ])('a list %s is refused, or empty', async (_, query) => {
    expect((await service.get(`/api/v1/notes?${query}`)).status).toBeOneOf([200, 400, 422]);
  });

  it.each<[string, string, RegExp]>([
    ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}', /^HTTP\/1.1 400 /],
    [
      'a length and chunks',
      'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    ['chunks of no known coding', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n', /^HTTP\/1.1 (400|501) /],
    ['a space before the colon', 'content-length : 2\r\n\r\n{}', /^HTTP\/1.1 400 /],
    ['a folded header', 'x-a: 1\r\n b\r\n\r\n', /^HTTP\/1.1 400 /],
  ])('a request with %s is refused and its connection closed', async (_, rest, first) => {
    const { hostname, port } = new URL(service.url);
    const text = await new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(
          `POST /api/v1/notes HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n${rest}`,
        ),
      );
      socket
        .on('data', (chunk) => (answer += String(chunk)))
        .on('end', () => resolve(answer))
        .on('error', reject);
    });
    expect(text).toMatch(first);
  });
});
