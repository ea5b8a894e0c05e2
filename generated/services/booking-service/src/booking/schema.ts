import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about bookings. */
const input = {
  listingId: z.uuid(),
  checkIn: field.day(),
  checkOut: field.day(),
  guests: z.int().min(1).max(50),
  total: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
};

export const Booking = entity('Booking', {
  owner: z.uuid(),
  ...input,
  status: z.enum(['held', 'confirmed', 'completed', 'cancelled', 'expired']),
});
export type Booking = z.output<typeof Booking>;

export const CreateBooking = z
  .strictObject({ ...input, currency: input.currency.default('EUR') })
  .meta({ id: 'CreateBooking' });

export const UpdateBooking = patchOf(z.strictObject(input)).meta({ id: 'UpdateBooking' });

/** Lists take these as equality filters. */
export const BookingFilters = filtersOf(Booking, [
  'owner',
  'listingId',
  'checkIn',
  'checkOut',
  'guests',
  'currency',
  'status',
]);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const bookingSortKeys = ['createdAt', 'updatedAt', 'checkIn', 'checkOut', 'guests', 'total'] as const;
