import { documentRepository, type DocumentTx, type Platform, type Repository } from '@hometrip/runtime';
import { type Review, ReviewFilters, reviewSortKeys } from './schema.ts';

export const reviews = ({ documents }: Platform<'documents'>): Repository<Review, DocumentTx> =>
  documentRepository<Review>(documents, {
    collection: 'review',
    sortable: reviewSortKeys,
    filterable: ReviewFilters,
    unique: [['bookingId', 'owner']],
  });
