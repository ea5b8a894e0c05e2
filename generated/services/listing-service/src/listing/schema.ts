import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about listings. */
const input = {
  title: field.text(120),
  description: field.text(20_000),
  propertyType: z.enum(['apartment', 'house', 'room', 'villa', 'cabin']),
  city: field.text(80),
  country: field.text(2),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  maxGuests: z.int().min(1).max(50),
  bedrooms: z.int().min(0).max(50),
  amenities: z.array(field.text(40)).max(100),
  nightlyPrice: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
  status: z.enum(['draft', 'published', 'suspended']),
};

export const Listing = entity('Listing', {
  owner: z.uuid(),
  ...input,
});
export type Listing = z.output<typeof Listing>;

export const CreateListing = z
  .strictObject({
    ...input,
    bedrooms: input.bedrooms.default(1),
    amenities: input.amenities.default([]),
    currency: input.currency.default('EUR'),
    status: input.status.default('draft'),
  })
  .meta({ id: 'CreateListing' });

export const UpdateListing = patchOf(z.strictObject(input)).meta({ id: 'UpdateListing' });

/** Lists take these as equality filters. */
export const ListingFilters = filtersOf(Listing, [
  'owner',
  'title',
  'propertyType',
  'city',
  'country',
  'maxGuests',
  'bedrooms',
  'amenities',
  'currency',
  'status',
]);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const listingSortKeys = [
  'createdAt',
  'updatedAt',
  'title',
  'city',
  'country',
  'latitude',
  'longitude',
  'maxGuests',
  'bedrooms',
  'nightlyPrice',
] as const;
