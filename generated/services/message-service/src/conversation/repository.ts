import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Conversation, ConversationFilters, conversationSortKeys } from './schema.ts';

export const conversations = ({ documents }: Platform<'documents'>): Repository<Conversation, DocumentTx> =>
  documentRepository<Conversation>(documents, {
    collection: 'conversation',
    sortable: conversationSortKeys,
    filterable: ConversationFilters,
    lists: ['participants'],
  });
