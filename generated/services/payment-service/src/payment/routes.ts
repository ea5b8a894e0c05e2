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
import { CreatePayment, Payment, PaymentFilters, paymentSortKeys, UpdatePayment } from './schema.ts';

interface Dependencies {
  readonly payments: Repository<Payment, Tx>;
}

/** Payments: the owner may read, change and delete; signed-in users may create. */
export const paymentRoutes = ({ payments }: Dependencies): Route[] => [
  route.get('/payments', {
    summary: 'List payments',
    tag: 'Payments',
    auth: 'user',
    query: listQuery({ filters: PaymentFilters, sortable: paymentSortKeys }),
    responses: { 200: page(Payment) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await payments.list({ ...query, filters }));
    },
  }),

  route.post('/payments', {
    summary: 'Create a payment',
    tag: 'Payments',
    auth: 'user',
    idempotencyKey: true,
    body: CreatePayment,
    responses: { 201: Payment },
    async handler({ body, user }) {
      const payment = await payments.insert({ ...body, owner: user.id, status: 'pending' });
      return created(payment, `/api/v1/payments/${payment.id}`);
    },
  }),

  route.get('/payments/:id', {
    summary: 'Get a payment',
    tag: 'Payments',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => payments.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Payment },
    async handler({ record: payment }) {
      return ok(payment);
    },
  }),

  route.patch('/payments/:id', {
    summary: 'Change a payment',
    tag: 'Payments',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => payments.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdatePayment,
    responses: { 200: Payment },
    async handler({ params, body, ifMatch }) {
      const payment = await payments.update(params.id, body, { revision: ifMatch });
      return ok(payment);
    },
  }),

  route.delete('/payments/:id', {
    summary: 'Delete a payment',
    tag: 'Payments',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => payments.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await payments.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
