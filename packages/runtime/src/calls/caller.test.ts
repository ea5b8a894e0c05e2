import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { defineService } from '../service/definition.ts';
import { portOptions } from '../testing/port-options.ts';
import { callMembers, CallError, type CallsOf, defineCallee, openCalls, operation } from './index.ts';
import type { ServiceClient } from './client.ts';
import { fakeRegistry, listen, type TestInstance } from './testing.ts';

interface Booking {
  readonly id: string;
  readonly nights: number;
}

const bookingService = defineCallee('booking-service', {
  listBookings: operation<
    { readonly query?: { readonly limit?: number | undefined } | undefined },
    readonly Booking[]
  >('GET', '/api/v1/bookings'),
  getBooking: operation<{ readonly id: string }, Booking>('GET', '/api/v1/bookings/{id}'),
  createBooking: operation<{ readonly body: { readonly nights: number } }, Booking, 'idempotencyKey'>(
    'POST',
    '/api/v1/bookings',
  ),
  updateBooking: operation<
    { readonly id: string; readonly body: { readonly nights: number } },
    Booking,
    'ifMatch'
  >('PATCH', '/api/v1/bookings/{id}'),
  exportBookings: operation<{}, string>('GET', '/api/v1/bookings/export', { text: true }),
});
const calls = [bookingService, 'user-service'] as const;

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0)) await close();
});

/** The calls of a service whose other services all are this server. */
async function connected(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ calls: CallsOf<typeof calls>; server: TestInstance }> {
  const server = await listen('booking-service#1', (request, response) => void answer(request, response));
  const opened = openCalls(fakeRegistry([server]), ['booking-service', 'user-service'], portOptions());
  cleanUp.push(
    () => opened.close(),
    () => server.close(),
  );
  const members = callMembers(calls, (service) => opened.clients[service] as ServiceClient);
  return { calls: members as CallsOf<typeof calls>, server };
}

const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json') =>
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));

describe('a call of an operation', () => {
  it('fills in the path, and sends query, body and the headers that it takes', async () => {
    const { calls, server } = await connected(async (request, response) =>
      json(response, 200, { url: request.url, body: await text(request) }),
    );
    const told = async (answer: Promise<unknown>) => {
      const got = await answer;
      const { method, headers } = server.requests.at(-1) as IncomingMessage;
      const { 'if-match': ifMatch, 'idempotency-key': key } = headers;
      return { method, ...(got as object), ...(ifMatch && { ifMatch }), ...(key && { key }) };
    };
    const { listBookings, getBooking, createBooking, updateBooking } = calls.bookingService;
    expect(await told(listBookings({ query: { limit: 2 } }))).toEqual({
      method: 'GET',
      url: '/api/v1/bookings?limit=2',
      body: '',
    });
    expect(await told(getBooking({ id: 'a/b?c' }))).toEqual({
      method: 'GET',
      url: '/api/v1/bookings/a%2Fb%3Fc',
      body: '',
    });
    expect(await told(createBooking({ body: { nights: 2 } }, { idempotencyKey: 'order-7' }))).toEqual({
      method: 'POST',
      url: '/api/v1/bookings',
      body: '{"nights":2}',
      key: 'order-7',
    });
    expect(await told(updateBooking({ id: '7', body: { nights: 3 } }, { ifMatch: 4 }))).toEqual({
      method: 'PATCH',
      url: '/api/v1/bookings/7',
      body: '{"nights":3}',
      ifMatch: '"4"',
    });
  });

  it.each(['', '.', '..'])('never leads to another path: an id of %j', async (id) => {
    const { calls, server } = await connected((_, response) => json(response, 200, {}));
    await expect(calls.bookingService.getBooking({ id })).rejects.toThrow(
      `booking-service: getBooking wants id for /api/v1/bookings/{id}, and got ${JSON.stringify(id)}.`,
    );
    expect(server.requests).toEqual([]);
  });

  it('is sent again when nobody answers, if a key makes that safe', async () => {
    let count = 0;
    const { calls } = await connected((request, response) => {
      count += 1;
      if (count < 3) request.socket.destroy();
      else json(response, 201, { id: '1', nights: 2 });
    });
    const { createBooking } = calls.bookingService;
    await expect(createBooking({ body: { nights: 2 } })).rejects.toMatchObject({ status: 502 });
    expect(count).toBe(1);
    expect(await createBooking({ body: { nights: 2 } }, { idempotencyKey: 'k' })).toEqual({
      id: '1',
      nights: 2,
    });
    expect(count).toBe(3);
  });
});

describe('what a call resolves to or rejects with', () => {
  it('is the problem that the other service names, which stays between the two', async () => {
    const { calls } = await connected((_, response) =>
      json(
        response,
        404,
        {
          type: 'urn:x',
          title: 'Not found',
          status: 404,
          code: 'not-found',
          detail: 'There is no such booking.',
        },
        'application/problem+json',
      ),
    );
    const failed = await calls.bookingService.getBooking({ id: '7' }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CallError);
    expect(failed).toMatchObject({
      service: 'booking-service',
      operation: 'getBooking',
      answer: { status: 404, code: 'not-found', detail: 'There is no such booking.', errors: [] },
      // What this service's own client would be told.
      status: 502,
      code: 'bad-gateway',
      message: 'booking-service answers 404 to getBooking.',
    });
  });

  it.each([
    [429, 503],
    [503, 503],
    [504, 504],
    [500, 502],
    [403, 502],
  ])('for an answer of %i, not caught, is %i', async (answered, status) => {
    const { calls } = await connected((_, response) =>
      response.writeHead(answered, { 'retry-after': '7' }).end('no'),
    );
    const failed = await calls.bookingService
      .createBooking({ body: { nights: 1 } })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ status, answer: { status: answered, code: `http-${answered}` } });
    if (status === 503) expect(failed).toMatchObject({ headers: { 'retry-after': '7' } });
  });

  it('is the fallback where there is one and nobody answers', async () => {
    const { calls } = await connected((request) => request.socket.destroy());
    const fallback = () => [{ id: 'kept', nights: 1 }];
    expect(await calls.bookingService.listBookings({}, { fallback })).toEqual([{ id: 'kept', nights: 1 }]);
  });

  it('is never what is not JSON, unless the operation answers text', async () => {
    const { calls } = await connected((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    );
    await expect(calls.bookingService.getBooking({ id: '7' })).rejects.toMatchObject({
      status: 502,
      message: 'booking-service answers 200 to getBooking with what is not JSON.',
    });
    expect(await calls.bookingService.exportBookings()).toBe('<h1>Welcome</h1>');
  });
});

it('a bare name is a client that takes any path', async () => {
  const { calls } = await connected((request, response) => json(response, 200, { url: request.url }));
  expect((await calls['user-service'].get('/api/v1/users')).body).toEqual({ url: '/api/v1/users' });
});

it('types what goes in and what comes back', () => {
  defineService({
    name: 'x',
    version: '1.0.0',
    calls,
    callPolicies: { 'booking-service': { attempts: 1 }, 'user-service': { attempts: 2 } },
    routes({ calls }) {
      const typed = () => {
        expectTypeOf(calls.bookingService.getBooking({ id: '7' })).resolves.toEqualTypeOf<Booking>();
        expectTypeOf(calls.bookingService.listBookings()).resolves.toEqualTypeOf<readonly Booking[]>();
        // @ts-expect-error: the path has a parameter.
        void calls.bookingService.getBooking();
        // @ts-expect-error: of another type.
        void calls.bookingService.createBooking({ body: { nights: 'two' } });
        // @ts-expect-error: the operation takes no key.
        void calls.bookingService.getBooking({ id: '7' }, { idempotencyKey: 'k' });
        // @ts-expect-error: there is no such operation.
        void calls.bookingService.getBookings({ id: '7' });
        // @ts-expect-error: this service is not called.
        void calls.paymentService;
      };
      expect(typed).toBeTypeOf('function');
      return [];
    },
  });
});
