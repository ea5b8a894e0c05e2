import { afterEach, describe, expect, it } from 'vitest';
import { ok } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { defineService } from '../service/definition.ts';
import { documentOf } from '../service/document.ts';
import { startService, stubService, type ServiceStub } from './index.ts';

const User = z.object({ id: z.uuid(), displayName: z.string().min(1) }).meta({ id: 'User' });
const userService = defineService({
  name: 'user-service',
  version: '1.0.0',
  routes: () => [
    route.get('/users/me', { auth: 'public', responses: { 200: User }, handler: () => ok({} as never) }),
    route.get('/users/:id', {
      auth: 'public',
      params: z.object({ id: z.uuid() }),
      query: z.strictObject({ depth: z.coerce.number().int().max(3).optional() }),
      responses: { 200: User },
      handler: () => ok({} as never),
    }),
    route.post('/users', {
      auth: 'public',
      body: z.strictObject({ displayName: z.string().min(1) }),
      responses: { 201: User },
      handler: () => ok({} as never) as never,
    }),
  ],
});
const document = JSON.parse(JSON.stringify(documentOf(userService)));
const id = '0b54b9b1-4f0b-4c0e-8f0e-0d6b9a1c2d3e';
const ada = { id, displayName: 'Ada' };

let stub: ServiceStub;
const ask = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`http://127.0.0.1:${stub.port}/api/v1${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
afterEach(() => stub.stop().catch(() => undefined));

describe('a stub', () => {
  it('answers what the test says, and knows what it was asked', async () => {
    stub = await stubService('user-service', document, {
      'GET /api/v1/users/:id': ({ params }) => ({ body: { ...ada, id: params['id'] } }),
      'POST /api/v1/users': { status: 201, body: ada },
    });
    expect(await ask('GET', `/users/${id}?depth=2`)).toEqual({ status: 200, body: ada });
    expect((await ask('POST', '/users', { displayName: 'Ada' })).status).toBe(201);
    expect(stub.requests.map(({ operation, params, body }) => [operation, params, body])).toEqual([
      ['GET /api/v1/users/{id}', { id }, undefined],
      ['POST /api/v1/users', {}, { displayName: 'Ada' }],
    ]);
    await stub.stop();
  });

  it('may say something else later, and that it is not well', async () => {
    stub = await stubService('user-service', document, { 'GET /api/v1/users/{id}': { body: ada } });
    stub.answer({ 'GET /api/v1/users/{id}': { status: 503 } });
    const response = await fetch(`http://127.0.0.1:${stub.port}/api/v1/users/${id}`);
    expect(response.status).toBe(503);
    stub.answer({ 'GET /api/v1/users/me': { body: ada } });
    expect((await ask('GET', '/users/me')).body).toEqual(ada);
    await stub.stop();
  });

  it.each([
    [
      'a path that the service does not have',
      'GET',
      '/guests',
      undefined,
      'has no GET /api/v1/guests in its document',
    ],
    ['another method', 'DELETE', `/users/${id}`, undefined, 'has no DELETE'],
    [
      'a parameter of the path that does not fit',
      'GET',
      '/users/7',
      undefined,
      'the parameter id: Invalid UUID',
    ],
    [
      'a query parameter that it does not have',
      'GET',
      `/users/${id}?deep=1`,
      undefined,
      'it has no query parameter deep; there are depth',
    ],
    ['one that does not fit', 'GET', `/users/${id}?depth=9`, undefined, 'the query parameter depth: Too big'],
    ['a body that does not fit', 'POST', '/users', { displayName: '' }, 'the body, displayName: Too small'],
    [
      'a field that it does not take',
      'POST',
      '/users',
      { displayName: 'Ada', age: 7 },
      'the body: Unrecognized key: "age"',
    ],
    ['no body', 'POST', '/users', undefined, 'the body is missing'],
    [
      'what the test has no answer to',
      'GET',
      '/users/me',
      undefined,
      'the test has no answer to GET /api/v1/users/me',
    ],
  ])('refuses %s, loudly', async (_, method, path, body, reason) => {
    stub = await stubService('user-service', document, {
      'GET /api/v1/users/{id}': { body: ada },
      'POST /api/v1/users': { status: 201, body: ada },
    });
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status: 501, body: { code: 'not-stubbed' } });
    expect(answer.body['detail']).toContain(reason);
    expect(stub.requests).toEqual([]);
    await expect(stub.stop()).rejects.toThrow(reason);
  });

  it.each([
    ['a body that the service never sends', { body: { id } }, 'the body, displayName: Invalid input'],
    ['a status that it never has', { status: 204 }, 'it answers 200, 400, 404, 422, 503, default, not 204'],
  ])('refuses to answer with %s', async (_, given, reason) => {
    stub = await stubService('user-service', document, { 'GET /api/v1/users/{id}': given });
    expect((await ask('GET', `/users/${id}`)).body['detail']).toContain(reason);
    await expect(stub.stop()).rejects.toThrow(reason);
  });

  it('is of what the service has: an answer to something else is a mistake of the test', async () => {
    await expect(
      stubService('user-service', document, { 'GET /api/v1/user/:id': { body: ada } }),
    ).rejects.toThrow(
      'user-service has no operation “GET /api/v1/user/:id” in its document; did you mean “GET /api/v1/users/{id}”?',
    );
    await expect(stubService('user-service', '/nowhere/openapi.json')).rejects.toThrow('cannot be read');
  });
});

describe('a service under test with stubs', () => {
  const greeting = defineService({
    name: 'greeting-service',
    version: '1.0.0',
    calls: ['user-service'],
    routes: ({ calls }) => [
      route.get('/greetings/:id', {
        auth: 'public',
        params: z.object({ id: z.string() }),
        responses: { 200: z.string() },
        async handler({ params }) {
          const { status, body } = await calls['user-service'].get<{ displayName: string }>(
            `/api/v1/users/${params.id}`,
          );
          return ok(status === 200 ? `Good morning, ${body.displayName}` : 'Good morning');
        },
      }),
    ],
  });

  it('calls them as it calls the services', async () => {
    stub = await stubService('user-service', document, { 'GET /api/v1/users/{id}': { body: ada } });
    await using service = await startService(greeting, { stubs: [stub] });
    expect((await service.get(`/api/v1/greetings/${id}`)).body).toBe('Good morning, Ada');
  });

  it('does not stop in silence when it has asked what the other service does not take', async () => {
    stub = await stubService('user-service', document, { 'GET /api/v1/users/{id}': { body: ada } });
    const service = await startService(greeting, { stubs: [stub] });
    expect((await service.get('/api/v1/greetings/nobody')).body).toBe('Good morning');
    await expect(service.stop()).rejects.toThrow('user-service does not take this GET /api/v1/users/nobody');
  });
});
