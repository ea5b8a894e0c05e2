import {
  created,
  IdParams,
  isAdmin,
  listQuery,
  noContent,
  ok,
  ownedBy,
  page,
  type Repository,
  type Route,
  route,
  type Tx,
} from '@hometrip/runtime';
import { Booking, BookingFilters, bookingSortKeys, CreateBooking, UpdateBooking } from './schema.ts';

interface Dependencies {
  readonly bookings: Repository<Booking, Tx>;
}

/** Bookings: the owner may read, change and delete; signed-in users may create. */
export const bookingRoutes = ({ bookings }: Dependencies): Route[] => [
  route.get('/bookings', {
    summary: 'List bookings',
    tag: 'Bookings',
    auth: 'user',
    query: listQuery({ filters: BookingFilters, sortable: bookingSortKeys }),
    responses: { 200: page(Booking) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await bookings.list({ ...query, filters }));
    },
  }),

  route.post('/bookings', {
    summary: 'Create a booking',
    tag: 'Bookings',
    auth: 'user',
    idempotencyKey: true,
    body: CreateBooking,
    responses: { 201: Booking },
    async handler({ body, user }) {
      const booking = await bookings.insert({ ...body, owner: user.id, status: 'held' });
      return created(booking, `/api/v1/bookings/${booking.id}`);
    },
  }),

  route.get('/bookings/:id', {
    summary: 'Get a booking',
    tag: 'Bookings',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => bookings.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Booking },
    async handler({ record: booking }) {
      return ok(booking);
    },
  }),

  route.patch('/bookings/:id', {
    summary: 'Change a booking',
    tag: 'Bookings',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => bookings.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdateBooking,
    responses: { 200: Booking },
    async handler({ params, body, ifMatch }) {
      const booking = await bookings.update(params.id, body, { revision: ifMatch });
      return ok(booking);
    },
  }),

  route.delete('/bookings/:id', {
    summary: 'Delete a booking',
    tag: 'Bookings',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => bookings.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await bookings.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
