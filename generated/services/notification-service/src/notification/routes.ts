import {
  created,
  type DocumentTx,
  IdParams,
  isAdmin,
  listQuery,
  noContent,
  ok,
  ownedBy,
  page,
  type Repository,
  type Route,
  route,
} from '@hometrip/runtime';
import {
  CreateNotification,
  Notification,
  NotificationFilters,
  notificationSortKeys,
  UpdateNotification,
} from './schema.ts';

interface Dependencies {
  readonly notifications: Repository<Notification, DocumentTx>;
}

/** Notifications: the owner may read, change and delete; other services may create. */
export const notificationRoutes = ({ notifications }: Dependencies): Route[] => [
  route.get('/notifications', {
    summary: 'List notifications',
    tag: 'Notifications',
    auth: 'user',
    query: listQuery({ filters: NotificationFilters, sortable: notificationSortKeys }),
    responses: { 200: page(Notification) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await notifications.list({ ...query, filters }));
    },
  }),

  route.post('/notifications', {
    summary: 'Create a notification',
    tag: 'Notifications',
    auth: 'service',
    idempotencyKey: true,
    body: CreateNotification,
    responses: { 201: Notification },
    async handler({ body }) {
      const notification = await notifications.insert(body);
      return created(notification, `/api/v1/notifications/${notification.id}`);
    },
  }),

  route.get('/notifications/:id', {
    summary: 'Get a notification',
    tag: 'Notifications',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => notifications.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Notification },
    async handler({ record: notification }) {
      return ok(notification);
    },
  }),

  route.patch('/notifications/:id', {
    summary: 'Change a notification',
    tag: 'Notifications',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => notifications.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdateNotification,
    responses: { 200: Notification },
    async handler({ params, body, ifMatch }) {
      const notification = await notifications.update(params.id, body, { revision: ifMatch });
      return ok(notification);
    },
  }),

  route.delete('/notifications/:id', {
    summary: 'Delete a notification',
    tag: 'Notifications',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => notifications.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await notifications.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
