import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Notification, NotificationFilters, notificationSortKeys } from './schema.ts';

export const notifications = ({ documents }: Platform<'documents'>): Repository<Notification, DocumentTx> =>
  documentRepository<Notification>(documents, {
    collection: 'notification',
    sortable: notificationSortKeys,
    filterable: NotificationFilters,
  });
