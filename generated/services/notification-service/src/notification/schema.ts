import { entity, field, filtersOf, patchOf, z } from '@hometrip/runtime';

/** What clients say about notifications. */
const input = {
  kind: field.text(40),
  title: field.text(120),
  body: field.text(20_000),
  readAt: field.instant().nullable(),
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
export const NotificationFilters = filtersOf(Notification, ['owner', 'kind', 'title']);

/** Lists are sorted by one of these; a minus before it turns the order round. */
export const notificationSortKeys = ['createdAt', 'updatedAt', 'kind', 'title'] as const;
