import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about blocked dates. */
const input = {
  listingId: z.uuid(),
  from: field.day(),
  to: field.day(),
};

export const BlockedDate = entity('BlockedDate', {
  owner: z.uuid(),
  ...input,
});
export type BlockedDate = z.output<typeof BlockedDate>;

export const CreateBlockedDate = z.strictObject({ ...input }).meta({ id: 'CreateBlockedDate' });

export const UpdateBlockedDate = patchOf(z.strictObject(input)).meta({ id: 'UpdateBlockedDate' });

/** Lists take these as equality filters. */
export const BlockedDateFilters = filtersOf(BlockedDate, ['owner', 'listingId', 'from', 'to']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const blockedDateSortKeys = ['createdAt', 'updatedAt', 'from', 'to'] as const;
