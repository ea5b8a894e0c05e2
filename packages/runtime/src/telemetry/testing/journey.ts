/**
 * For tests: a request that leads through everything. A gateway passes a booking on; its service asks another one for the
 * price, keeps the booking, and publishes an event, which is pushed to the guest's socket.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { createVerifier } from '../../auth/verifier.ts';
import { systemClock } from '../../clock.ts';
import { createSockets } from '../../gateway/sockets/sockets.ts';
import { forwardEvents } from '../../gateway/sockets/forward.ts';
import { SocketClient } from '../../gateway/sockets/testing.ts';
import { testEdge } from '../../gateway/testing.ts';
import { created, ok } from '../../http/reply.ts';
import { route } from '../../http/route.ts';
import type { Logger } from '../../log.ts';
import type { PlatformBase } from '../../platform.ts';
import { defineService } from '../../service/definition.ts';
import { start } from '../../service/start.ts';
import { startService, type TestService, testIssuer } from '../../testing/index.ts';
import { inSpan } from '../span.ts';
import type { Tracer } from '../tracer.ts';

const contracts = { 'booking.confirmed': z.object({ bookingId: z.string(), owner: z.string() }) };
const Stay = z.object({ id: z.string(), price: z.number() });

const listing = defineService({
  name: 'listing-service',
  version: '1.2.0',
  needs: { database: 'sql', cache: true },
  routes: ({ db, cache }) => [
    route.get('/listings/:id', {
      auth: 'public',
      params: z.object({ id: z.string() }),
      responses: { 200: Stay },
      handler: async ({ params: { id } }) =>
        ok(
          await cache.fetch(`listing ${id}`, { ttlMs: 60_000 }, async () => {
            const { rows } = await sql<{ price: number }>`select price from listing where id = ${id}`.execute(
              db,
            );
            return { id, price: rows[0]?.price ?? 0 };
          }),
        ),
    }),
  ],
});

const booking = defineService({
  name: 'booking-service',
  version: '1.3.0',
  needs: { database: 'sql', events: true },
  calls: ['listing-service'],
  contracts,
  routes: ({ calls, transaction, events }) => [
    route.post('/bookings', {
      body: z.object({ id: z.string(), listing: z.string() }),
      responses: { 201: Stay },
      async handler({ body, user }) {
        const { body: stay } = await calls['listing-service'].get<z.infer<typeof Stay>>(
          `/api/v1/listings/${body.listing}`,
        );
        const price = inSpan('price the stay', () => stay.price * 3);
        await transaction(async (tx) => {
          await sql`insert into booking (id, price) values (${body.id}, ${price})`.execute(tx);
          await events.publish('booking.confirmed', { bookingId: body.id, owner: user.id }, tx);
        });
        return created({ id: body.id, price }, `/api/v1/bookings/${body.id}`);
      },
    }),
  ],
});

const sockets = defineService({
  name: 'websocket-gateway',
  version: '1.0.0',
  needs: { pubsub: true },
  contracts,
  routes: () => [],
  consumers: (platform) => forwardEvents(contracts, platform),
  upgrade: createSockets,
});

export interface JourneyOptions {
  /** Of the event bus, of the pub/sub, and of the cache. */
  readonly events: URL;
  readonly shared: URL;
  /** Further settings of all services, and those of the gateways, where traces begin. */
  readonly env?: Readonly<Record<string, string>>;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** One for all, instead of what the settings say. */
  readonly tracer?: Tracer;
  readonly log?: Logger;
}

export interface Journey extends AsyncDisposable {
  /** Books at the gateway, in the trace of this id. @returns the status. */
  book(bookingId: string, traceId: string): Promise<number>;
  /** Bookings whose confirmation came over the guest's socket. */
  confirmed(): string[];
  /** Keys of what the client got over its socket. */
  messages(): readonly Record<string, unknown>[];
  /** Ends the guest's socket. */
  hangUp(code: number): void;
  readonly platforms: readonly PlatformBase[];
  /** Stops all, the gateway first. */
  stop(): Promise<void>;
}

export async function startJourney(options: JourneyOptions): Promise<Journey> {
  const { events, shared, tracer, log } = options;
  const env = {
    ...options.env,
    EVENTS_URL: events.href,
    PUBSUB_URL: shared.href,
    CACHE_URL: shared.href,
  };
  const issuer = await testIssuer();
  const stops: (() => Promise<unknown>)[] = [];
  const keep = async <T>(service: Promise<T>, stop: (service: T) => Promise<unknown>): Promise<T> => {
    const started = await service;
    stops.unshift(() => stop(started));
    return started;
  };
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  try {
    const run = (definition: Parameters<typeof startService>[0], more = {}): Promise<TestService> =>
      keep(startService(definition, { env: { ...env, ...more }, tracer, log }), (service) => service.stop());
    const listings = await run(listing);
    const bookings = await run(booking, {
      REGISTRY_URL: `static:?listing-service=${new URL(listings.url).host}`,
    });
    await sql`create table listing (id text primary key, price int not null)`.execute(dbOf(listings));
    await sql`insert into listing values ('attic', 40)`.execute(dbOf(listings));
    await sql`create table booking (id text primary key, price int not null)`.execute(dbOf(bookings));
    const pusher = await keep(
      start(sockets, {
        env: { ...env, ...options.gatewayEnv },
        verifier: createVerifier({ ...issuer, clock: systemClock }),
        processMetrics: false,
        ...(tracer && { tracer }),
        ...(log && { log }),
      }),
      (service) => service.stop(),
    );
    const edge = await keep(
      testEdge({
        table: {
          routes: [{ prefix: '/api/v1/bookings', service: 'bookings' }],
          limits: {},
          services: { bookings: {} },
        },
        instances: { bookings: [Number(new URL(bookings.url).port)] },
        env: { ...options.env, ...options.gatewayEnv },
        ...(tracer && { tracer }),
        ...(log && { log }),
      }),
      (gateway) => gateway.close(),
    );
    const token = await issuer.tokenFor({ id: 'guest-ada' });
    const client = await keep(
      Promise.resolve(
        new SocketClient(`${pusher.url.replace('http', 'ws')}/ws`, ['hometrip.v1', `bearer.${token}`], {}),
      ),
      async ({ socket }) => socket.terminate(),
    );
    await client.until('ready');
    return {
      async book(bookingId, traceId) {
        const answer = await fetch(`${edge.url}/api/v1/bookings`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            traceparent: `00-${traceId}-00000000000000ff-00`,
          },
          body: JSON.stringify({ id: bookingId, listing: 'attic' }),
        });
        await answer.arrayBuffer();
        return answer.status;
      },
      confirmed: () => client.events().map(([, data]) => (data as { bookingId: string }).bookingId),
      messages: () => client.messages,
      hangUp: (code) => client.socket.close(code),
      platforms: [edge.service.platform, bookings.platform, listings.platform, pusher.platform],
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const dbOf = ({ platform }: TestService) =>
  (platform as unknown as { db: Parameters<ReturnType<typeof sql>['execute']>[0] }).db;

/** Whether a query has to wait for a connection depends on what else goes on. */
export const WAITS = 'wait for a connection';

/** The spans of a booking, each with its service; the cache is empty. */
export const BOOKING_TREE = `api-gateway: POST /api/v1/bookings
  api-gateway: POST bookings
    booking-service: POST /api/v1/bookings
      booking-service: GET listing-service
        listing-service: GET /api/v1/listings/:id
          listing-service: get cache
          listing-service: SELECT listing
          listing-service: set cache
      booking-service: price the stay
      booking-service: transaction
        booking-service: BEGIN
        booking-service: INSERT booking
        booking-service: publish booking.confirmed
          booking-service: INSERT outbox
          websocket-gateway: process booking.confirmed
            websocket-gateway: append pubsub
            websocket-gateway: push booking.confirmed
        booking-service: COMMIT`;
