import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about photos. */
const input = {
  listingId: z.uuid(),
  url: field.webAddress(),
  caption: field.text(200).nullable(),
  position: z.int().min(0).max(100),
};

export const Photo = entity('Photo', {
  owner: z.uuid(),
  ...input,
});
export type Photo = z.output<typeof Photo>;

export const CreatePhoto = z
  .strictObject({ ...input, caption: input.caption.default(null), position: input.position.default(0) })
  .meta({ id: 'CreatePhoto' });

export const UpdatePhoto = patchOf(z.strictObject(input)).meta({ id: 'UpdatePhoto' });

/** Lists take these as equality filters. */
export const PhotoFilters = filtersOf(Photo, ['owner', 'listingId', 'caption', 'position']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const photoSortKeys = ['createdAt', 'updatedAt', 'position'] as const;
