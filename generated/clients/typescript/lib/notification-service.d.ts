import type { RequestOptions, Send } from './http.js';

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

export declare const notifications: (send: Send) => {
  /** List notifications. */
  readonly list: (query?: ListNotificationsQuery, options?: RequestOptions) => Promise<NotificationPage>;

  /** List notifications: all of them, page after page. */
  readonly all: (
    query?: ListNotificationsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Notification, void, undefined>;

  /** Create a notification. */
  readonly create: (body: CreateNotification, options?: RequestOptions) => Promise<Notification>;

  /** Get a notification. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Notification>;

  /** Change a notification. */
  readonly update: (id: string, body: UpdateNotification, options?: RequestOptions) => Promise<Notification>;

  /** Delete a notification. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
