import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

export interface CreateNotification {
  readonly owner: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly readAt?: string | null | undefined;
}

export interface Notification {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly readAt: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NotificationPage {
  readonly items: readonly Notification[];
  readonly nextCursor: string | null;
}

export interface UpdateNotification {
  readonly kind?: string | undefined;
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly readAt?: string | null | undefined;
}

export interface ListNotificationsQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?:
    | 'createdAt'
    | '-createdAt'
    | 'updatedAt'
    | '-updatedAt'
    | 'kind'
    | '-kind'
    | 'title'
    | '-title'
    | undefined;
  readonly owner?: string | undefined;
  readonly kind?: string | undefined;
  readonly title?: string | undefined;
}

export const notifications = (send: Send) => ({
  /** List notifications. */
  list: (query: ListNotificationsQuery = {}, options?: RequestOptions): Promise<NotificationPage> =>
    send({ method: 'GET', path: '/api/v1/notifications', query, options }),

  /** List notifications: all of them, page after page. */
  all: (query: ListNotificationsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListNotificationsQuery) => notifications(send).list(next, options), query),

  /** Create a notification. */
  create: (body: CreateNotification, options?: RequestOptions): Promise<Notification> =>
    send({ method: 'POST', path: '/api/v1/notifications', body, options }),

  /** Get a notification. */
  get: (id: string, options?: RequestOptions): Promise<Notification> =>
    send({ method: 'GET', path: `/api/v1/notifications/${segment(id)}`, options }),

  /** Change a notification. */
  update: (id: string, body: UpdateNotification, options?: RequestOptions): Promise<Notification> =>
    send({ method: 'PATCH', path: `/api/v1/notifications/${segment(id)}`, body, options }),

  /** Delete a notification. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/notifications/${segment(id)}`, options }),
});
