import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about places. */
const input = {
  name: field.text(120),
  country: field.text(2),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  population: z.int32().nullable(),
};

export const Place = entity('Place', {
  ...input,
});
export type Place = z.output<typeof Place>;

export const CreatePlace = z
  .strictObject({ ...input, population: input.population.default(null) })
  .meta({ id: 'CreatePlace' });

export const UpdatePlace = patchOf(z.strictObject(input)).meta({ id: 'UpdatePlace' });

/** Lists take these as equality filters. */
export const PlaceFilters = filtersOf(Place, ['name', 'country', 'population']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const placeSortKeys = ['createdAt', 'updatedAt', 'name', 'country', 'latitude', 'longitude'] as const;
