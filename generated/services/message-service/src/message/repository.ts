import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Message, MessageFilters, messageSortKeys } from './schema.ts';

export const messages = ({ documents }: Platform<'documents'>): Repository<Message, DocumentTx> =>
  documentRepository<Message>(documents, {
    collection: 'message',
    sortable: messageSortKeys,
    filterable: MessageFilters,
  });
