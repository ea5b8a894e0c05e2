import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about messages. */
const input = {
  conversationId: z.uuid(),
  body: field.text(20_000),
};

export const Message = entity('Message', {
  owner: z.uuid(),
  ...input,
});
export type Message = z.output<typeof Message>;

export const CreateMessage = z.strictObject({ ...input }).meta({ id: 'CreateMessage' });

export const UpdateMessage = patchOf(z.strictObject(input)).meta({ id: 'UpdateMessage' });

/** Lists take these as equality filters. */
export const MessageFilters = filtersOf(Message, ['owner', 'conversationId']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const messageSortKeys = ['createdAt', 'updatedAt'] as const;
