/**
 * The OpenAPI documents of generated services are true: what a schema admits is taken, what it forbids is refused, and every
 * answer is a documented one that fits its schema. On SQL and on documents, with every type and modifier of a field.
 */
import type { TestResponse } from '@hometrip/runtime/testing';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GeneratedService, startGenerated } from '../services/generated-service.fixture.ts';
import { admitted, type Json, spoiled } from './testing/arbitrary.ts';

const spec = (store: string) => `
name: fuzz
version: 1
components: { ${store}: {} }
services:
  thing-service:
    port: 4101
    database: ${store}
    entities:
      shelf:
        $access: { read: public, create: public, update: public, delete: public }
        label: { type: string(20), unique: true }
        room: enum(hall, attic)?
      thing:
        $access: { read: public, create: public, update: public, delete: public }
        $unique: [[name, day]]
        name: string(60)
        long: string(5000)?
        body: text = ""
        flag: boolean
        flags: boolean[]?
        small: int(1..3) = 2
        count: int
        wide: int(-9000000000..9000000000)?
        above: int(5..)?
        below: number(..0.5)?
        ratio: number
        price: money
        currency: currency = EUR
        kind: enum(one, two-and-half, Three_3) = one
        kinds: enum(a, b)[] = ["a"]
        day: date
        days: date[]?
        at: datetime = 2026-01-01T00:00:00+02:00
        times: datetime[] = []
        mail: email?
        site: url?
        ref: uuid?
        refs: uuid[] = []
        tags: string(8)[]
        data: json
        more: json[]?
        people: user[]?
        code: { type: string(3000)?, unique: true }
        state: { type: "enum(new, old)", default: new, readOnly: true }
      owned:
        owner: user
        note: text
        $access: { read: owner, create: user, update: owner, delete: admin }
`;

type Answer = TestResponse;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Json;
}
interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Json } } };
  readonly responses: Readonly<Record<string, Json>>;
}

describe.each(['postgres', 'mongodb'])('the document of a service on %s', (store) => {
  let service: GeneratedService;
  let components: Json;
  let ajv: Ajv2020;
  const counts = new Map<string, number>();
  beforeAll(async () => {
    service = await startGenerated(spec(store), 'thing-service');
    components = service.document.components['schemas'] as Json;
    ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    for (const format of ['int32', 'int64', 'double']) ajv.addFormat(format, true);
    ajv.addSchema({ $id: 'doc', components: { schemas: components } });
  });
  afterAll(async () => {
    const sum = [...counts.values()].reduce((total, count) => total + count, 0);
    const statuses = [...counts].sort().map(([status, count]) => `${count} × ${status}`);
    process.stdout.write(`${store}: ${sum} exchanges: ${statuses.join(', ')}\n`);
    await service?.stop();
  });

  const validators = new Map<string, ValidateFunction>();
  const validator = (schema: Json): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"doc#/');
    const known = validators.get(text) ?? ajv.compile(JSON.parse(text) as object);
    validators.set(text, known);
    return known;
  };
  const operationOf = (path: string, method: string): Operation =>
    service.document.paths[path]?.[method] as unknown as Operation;

  /** Every answer: no 5xx, a documented status, a body that fits. */
  const documented = (operation: Operation, answer: Answer, sent: unknown): Answer => {
    counts.set(String(answer.status), (counts.get(String(answer.status)) ?? 0) + 1);
    const told = JSON.stringify({ sent, status: answer.status, body: answer.body })?.slice(0, 2_000);
    expect(answer.status, told).toBeLessThan(500);
    let response = operation.responses[answer.status] as Json | undefined;
    expect(response, told).toBeDefined();
    const reference = response?.['$ref'] as string | undefined;
    if (reference !== undefined)
      response = (service.document.components['responses'] as Json)[
        reference.slice(reference.lastIndexOf('/') + 1)
      ] as Json;
    const type = (answer.headers.get('content-type') ?? '').split(';')[0] as string;
    const media = ((response?.['content'] ?? {}) as Json)[type] as { schema: Json } | undefined;
    if (answer.status === 204 || answer.status === 304) expect(answer.body, told).toBeUndefined();
    else {
      expect(media, told).toBeDefined();
      const fits = validator(media?.schema ?? {});
      expect(fits(answer.body), `${told} ${JSON.stringify(fits.errors)}`).toBe(true);
    }
    for (const name of ['ETag', 'Location', 'Retry-After'].filter(
      (header) => header in ((response?.['headers'] ?? {}) as Json),
    ))
      expect(answer.headers.get(name), `${name}: ${told}`).not.toBeNull();
    return answer;
  };

  /** Codes by which a service may refuse what fits its schema. */
  const domain = ['duplicate', 'unknown-reference', 'precondition-failed', 'not-found', 'foreign-reference'];
  const judged = (admits: boolean, answer: Answer, sent: unknown): void => {
    const told = JSON.stringify({ sent, status: answer.status, body: answer.body })?.slice(0, 2_000);
    if (admits)
      expect(answer.status < 300 || domain.includes(answer.body.code), `it was to be taken: ${told}`).toBe(
        true,
      );
    else expect([400, 422].includes(answer.status), `it was to be refused: ${told}`).toBe(true);
  };

  const bodyOf = (operation: Operation): Json =>
    operation.requestBody?.content['application/json'].schema ?? {};
  /** As often what is admitted as what need not be. */
  const bodies = (schema: Json) =>
    admitted(schema, components).chain((value) => fc.oneof(fc.constant(value), spoiled(value)));

  it.each(['things', 'shelves', 'owneds'].map((name) => `/api/v1/${name}`))(
    'is true of bodies: %s',
    async (path) => {
      const create = operationOf(path, 'post');
      if (create === undefined)
        throw new Error(`There is no ${path}: ${Object.keys(service.document.paths).join(', ')}`);
      const update = operationOf(`${path}/{id}`, 'patch');
      const read = operationOf(`${path}/{id}`, 'get');
      const user = await service.as({ roles: ['editor', 'admin'] });
      await fc.assert(
        fc.asyncProperty(
          bodies(bodyOf(create)),
          bodies(bodyOf(update)),
          fc.constantFrom(undefined, '"1"', '"7"', 'W/"1"', '*', '7'),
          async (body, changes, tag) => {
            const created = documented(create, await user.post(path, JSON.stringify(body)), body);
            judged(validator(bodyOf(create))(JSON.parse(JSON.stringify(body))), created, body);
            if (created.status !== 201) return;
            const item = `${path}/${created.body.id}`;
            expect(documented(read, await user.get(item), item).body).toEqual(created.body);
            const changed = documented(
              update,
              await user.patch(item, JSON.stringify(changes), tag === undefined ? {} : { 'if-match': tag }),
              changes,
            );
            const admits = validator(bodyOf(update))(JSON.parse(JSON.stringify(changes)));
            if (tag !== '7') judged(admits, changed, changes);
          },
        ),
        { numRuns: 60, endOnFailure: true },
      );
    },
  );

  it('is true of parameters', async () => {
    const list = operationOf('/api/v1/things', 'get');
    const read = operationOf('/api/v1/things/{id}', 'get');
    const given = list.parameters.filter(
      (parameter) => parameter.in === 'query' && parameter.name !== 'cursor',
    );
    const values = Object.fromEntries(given.map(({ name, schema }) => [name, admitted(schema, components)]));
    await fc.assert(
      fc.asyncProperty(fc.record(values, { requiredKeys: [] }), async (query) => {
        const text = new URLSearchParams(
          Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
        ).toString();
        // A list of filters is longer than a request line may be only when somebody means it.
        if (text.length > 8_000) return;
        judged(true, documented(list, await service.get(`/api/v1/things?${text}`), query), query);
      }),
      { numRuns: 60, endOnFailure: true },
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '',
        '0',
        '-1',
        '1e9',
        'NaN',
        '\0',
        'true',
        '[]',
        '2026-02-30',
        '0000-01-01',
        '9'.repeat(400),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...list.parameters.map(({ name }) => name), 'surprise', '__proto__'),
        texts,
        async (name, value) => {
          documented(
            list,
            await service.get(
              `/api/v1/things?${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`,
            ),
            { name, value },
          );
          const id = encodeURIComponent(value.toWellFormed());
          if (id !== '') documented(read, await service.get(`/api/v1/things/${id}`), value);
        },
      ),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('is true of bodies that are no JSON, or too much of it', async () => {
    const create = operationOf('/api/v1/things', 'post');
    const wrong: readonly (readonly [string, number, Record<string, string>?])[] = [
      ['', 422],
      ['{', 400],
      ['{"data":1e999}', 400],
      ['{"name":"\\u0000"}', 400],
      ['{"name":"\\ud800"}', 400],
      [`{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400],
      ['{}', 415, { 'content-type': 'text/plain' }],
      ['{}', 415, { 'content-encoding': 'br' }],
      [`"${'x'.repeat(2 ** 20)}"`, 413],
    ];
    for (const [body, status, headers = {}] of wrong) {
      const answer = documented(
        create,
        await service.post('/api/v1/things', body, headers),
        body.slice(0, 100),
      );
      expect(answer.status).toBe(status);
    }
  });

  it('is true of who may', async () => {
    const path = '/api/v1/owneds';
    const [owner, stranger] = await Promise.all([service.as(), service.as()]);
    const create = operationOf(path, 'post');
    documented(create, await service.post(path, { note: 'x' }), 'nobody');
    const { body } = documented(create, await owner.post(path, { note: 'x' }), 'owner');
    const item = `${path}/${body.id}`;
    const statuses = [];
    for (const client of [service, stranger, owner])
      for (const method of ['get', 'patch', 'delete'] as const) {
        const answer =
          method === 'patch' ? await client.patch(item, { note: 'y' }) : await client[method](item);
        statuses.push(documented(operationOf(`${path}/{id}`, method), answer, method).status);
      }
    expect(statuses).toEqual([401, 401, 401, 404, 404, 403, 200, 200, 403]);
  });
});
