import { entity, patchOf, z } from '@hometrip/runtime';

/** What clients say about notifications. */
const input = {
  kind: z.string().min(1).max(40),
  title: z.string().min(1).max(120),
  body: z.string().min(1).max(20_000),
  readAt: z.iso.datetime().nullable(),
};

export const Notification = entity('Notification', {
  owner: z.uuid(),
  ...input,
});
export type Notification = z.output<typeof Notification>;

export const CreateNotification = z
  .strictObject({ owner: z.uuid(), ...input, readAt: input.readAt.default(null) })
  .meta({ id: 'CreateNotification' });

export const UpdateNotification = patchOf(z.strictObject(input)).meta({ id: 'UpdateNotification' });

/** Lists take these as equality filters. */
export const NotificationFilters = z.object({
  owner: z.uuid().optional(),
  kind: z.string().min(1).max(40).optional(),
  title: z.string().min(1).max(120).optional(),
});

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const notificationSortKeys = ['createdAt', 'updatedAt', 'kind', 'title'] as const;
