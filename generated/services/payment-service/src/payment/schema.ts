import { entity, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about payments. */
const input = {
  bookingId: z.uuid(),
  amount: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
};

export const Payment = entity('Payment', {
  owner: z.uuid(),
  ...input,
  status: z.enum(['pending', 'succeeded', 'failed', 'refunded']),
});
export type Payment = z.output<typeof Payment>;

export const CreatePayment = z
  .strictObject({ ...input, currency: input.currency.default('EUR') })
  .meta({ id: 'CreatePayment' });

export const UpdatePayment = patchOf(z.strictObject(input)).meta({ id: 'UpdatePayment' });

/** Lists take these as equality filters. */
export const PaymentFilters = filtersOf(Payment, ['owner', 'bookingId', 'currency', 'status']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const paymentSortKeys = ['createdAt', 'updatedAt', 'amount'] as const;
