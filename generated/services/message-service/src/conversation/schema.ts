import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about conversations. */
const input = {
  participants: z.array(z.uuid()).max(100),
  listingId: z.uuid().nullable(),
  subject: field.text(120),
};

export const Conversation = entity('Conversation', {
  owner: z.uuid(),
  ...input,
});
export type Conversation = z.output<typeof Conversation>;

export const CreateConversation = z
  .strictObject({ ...input, listingId: input.listingId.default(null) })
  .meta({ id: 'CreateConversation' });

export const UpdateConversation = patchOf(z.strictObject(input)).meta({ id: 'UpdateConversation' });

/** Lists take these as equality filters. */
export const ConversationFilters = filtersOf(Conversation, ['owner', 'participants', 'listingId', 'subject']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const conversationSortKeys = ['createdAt', 'updatedAt', 'subject'] as const;
